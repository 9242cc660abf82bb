"""Which texts are no values, and which ids, addresses and names of real shops are."""

from __future__ import annotations

import pytest

from validator.contract.contracts import Contracts
from validator.page.placeholders import find_placeholder

FIELDS = {
    name: (Contracts().fields("cn_client_info") if name in ("primary_key", "_name") else item)[name]
    for item in [Contracts().fields("cn_purchase")["product_basket_item"]]
    for name in ("primary_key", "_name", "product_id", "url", "image_url", "name", "brand")
} | {
    name: Contracts().fields("cn_purchase")[name]
    for name in ("purchase_id", "cart_id", "total_price", "purchase_date", "payment_method")
}

TEMPLATES = """
{{ order.id }}¦{{{order.id}}}¦{{order.id¦{{#if order}}¦{{-- order --}}¦{% order %}¦{# order #}
{!! $order->number !!}¦{!! order !!}¦{!Order.Name}¦{$order.id}¦{$order->id|escape}¦${order.id}
$!{order.id}¦$order.id¦$!order.id¦#{order.id}¦@{order.id}¦*{order.id}¦<%= @order.id %>¦<%- id %>
<?= $id ?>¦<?php echo $id; ?>¦[[order.id]]¦[[+order_id]]¦[(${order.id})]¦*|ORDER_ID|*
%%=v(@order)=%%¦%%ORDER_ID%%¦%order_id%¦%ORDER¦%s¦%d¦%1$s¦%1¦%05d¦%{order_id}¦%(order_id)s¦%@
#ORDER_ID#¦#CART_ID#¦##ID##¦###ORDER_ID###¦@order.Id¦@Model.OrderId¦@(Model.Order.Id)¦@OrderId
@@order_id@@¦:order_id¦$(OrderNo)¦$[order]¦$ORDER_ID$¦$order_id¦$order->get_id()¦$_GET['order']
[order_id]¦[order-id]¦[invoice-number]¦[Order ID]¦[order id="number"]¦[[order]]¦[%order%]¦[~order~]
{order_id}¦{order-id}¦{ order id }¦{0}¦ORD-{0}¦ORD-{order}¦ORD-[order_number]¦SO-%d¦ORD-$number
__ORDER_ID__¦--ORDER_ID--¦**ORDER**¦~ORDER~¦^ORDER^¦!ORDER!¦&order_id;¦&ORDER&¦«OrderNo»¦<<OrderNo>>
<ORDER_ID>¦<#if order>¦<c:out value="x"/>¦<cfoutput>¦<isprint value="1">¦<xsl:value-of select="x"/>
YOUR_ORDER_ID¦YOUR-ORDER-ID¦your order id¦ORDER_ID¦orderId¦OrderNumber¦order.id¦order.number¦ORDERID
purchase_id¦purchaseId¦transaction_id¦INSERT_ORDER_ID_HERE¦this.order.id¦model.order.number¦?¦xxxxx
NUMERO_PEDIDO¦id_pedido¦tu_pedido¦VOTRE_COMMANDE¦numéro_commande¦IHRE_BESTELLNUMMER¦bestell_nr¦id_ordine
txn_id¦wc_order_id¦@if($order)¦translation missing: en.order.id¦{"id":5}¦{'id': 5}¦{}¦[]¦order['id']
"""
VALUES = """
undefined¦Undefined¦null¦NULL¦(null)¦<null>¦NaN¦nan¦None¦nil¦Nothing¦N/A¦n/a¦n.a.¦#N/A¦#REF!¦#VALUE!
#NAME?¦#DIV/0!¦#NULL!¦#NUM!¦#¡REF!¦false¦true¦not set¦unknown¦-¦--¦…¦TBD¦TODO¦Array¦Array()¦Object
stdClass Object¦[object Object]¦[object Promise]¦function () { [native code] }¦() => order.id
com.shop.Order@5e91993f¦Order@5e91993f¦[Ljava.lang.String;@1b28cdfa¦com.shop.Order$Proxy@1b28cdfa
System.Object¦System.String[]¦System.Collections.Generic.List`1[System.String]¦Shop.Models.Order
App\\Entity\\Order¦Proxies\\__CG__\\App\\Entity\\Order¦Magento\\Sales\\Model\\Order\\Interceptor
#<Order:0x00007f8b1c0a>¦#<Order id: 1042>¦<Order: Order object (5)>¦Order object (5)¦Decimal('1042')
<models.Order object at 0x7f8b1c0a>¦<bound method Order.number of 5>¦<class 'Order'>¦b'A1042'
['A1042']¦('A1042',)¦UUID('b3b1')¦ObjectId("507f1f77")¦Optional[1042]¦Optional.empty¦Some(1042)
Just 1042¦%!s(MISSING)¦%!d(string=A1042)¦<nil>¦&{1042 open}¦map[id:1042]¦@{id=1042}¦HASH(0x55d0c8)
ARRAY(0x55d0c8)¦Resource id #5¦table: 0x55d0c8¦character(0)¦Symbol(id)¦Invalid Date¦get_id()¦\\N
Notice: Undefined variable: order in /var/www/html/thanks.php on line 5¦Liquid error: no order
Order[id=1042]¦Order(id=1042)¦Order{id=1042}¦bool(false)¦string(4) "1042"¦Infinity¦(vide)¦s/n
sin valor¦Closure Object¦TypeError: order is null¦__PHP_Incomplete_Class Object¦RefImpl {}¦-N/A-
order-undefined¦undefined-1042¦orderundefined¦order-null¦null-1042¦ORD-NaN¦ORD_None¦cart_nil¦#undefined
"""
REAL_IDS = """
1042¦100000042¦#1001¦#A1042¦A1042¦A-1042¦N-A-1042¦R123456789¦XKBKNABJK¦ORD-2026-0042¦2026/000042¦1-2-3
5e91993f¦550e8400-e29b-41d4-a716-446655440000¦{6F9619FF-8B86-D011-B42D-00C04FC964FF}¦ES_1042¦1042.1
gid://shopify/Order/450789469¦Z2NwLXVzLWVhc3QxOjAxSD¦01HF7YAT00¦wc_order_AbC12dEf¦SO1042¦S00042¦PO#1042
ES-2024/000-NIL_7:b@shop.example¦[7]-$-%-#¦A(1042)¦1042@shop¦Order 1042¦N1042¦NULL42X¦cs_live_a1B2
B2C-1042¦pr9658¦prchs5241¦crt8679803¦A&B-7¦7+8¦1042*¦=1042¦ok:1042¦T-1042-TRUE¦1042_a¦_1042¦-1042-
V1StGXR8_Z5jdHi6B-myT¦0x1F¦A.1042.B¦bestellung-1042¦注文1042¦Заказ-1042¦pedido_n_1042¦ANNULLED-1042
"""
REAL_SKUS = """
mug¦null-modem-cable¦COLOR-NONE-S¦SIZE-NIL¦gift-card¦sample¦test-product¦TSHIRT¦mug-large¦SET 4
item¦order¦key-ring¦A-1042/XL¦1042¦4006381333931¦978-3-16-148410-0¦WH-1000XM5¦5-GANG¦NA-12¦n-a-12
none-such¦Array-Mic¦Object-7¦12V/7Ah¦100%cotton¦50%¦B&W¦C++¦C#¦.NET¦T.shirt¦a.b.c¦@home-mug¦variant:7
"""
REAL_URLS = """
https://shop.example/p/mug¦https://shop.example/p/null-modem-cable¦https://shop.example/¦https://a.b
https://shop.example/p?options[size]=L&filter%5Bcolor%5D=red¦https://shop.example/p/mug_(blue)
https://shop.example/none/mug¦https://null.example/p¦https://falsewhisker.example/false-lashes
https://shop.example/p/%d0%b0%d1%81¦https://shop.example/array/mug¦https://shop.example/p:1/a,b;c=1
https://shop.example/en/undefinedbrand/x¦https://shop.example/p/$5-mug¦https://shop.example/@user/x
https://images.shop.example/resize/https://shop.example/mug.jpg¦https://shop.example/nan/bread
"""
BROKEN_URLS = """
https://undefined/p/mug¦https://null/mug¦https://undefined.shop.example/mug¦https://false/mug
https://shop.example/p/undefined¦https://shop.example/p/null¦https://shop.example/undefined/mug
https://shop.example/p/NaN¦https://shop.example/p/None¦https://shop.example/img/undefined.jpg
https://shop.example/p/[object Object]¦https://shop.example/p/%5Bobject%20Object%5D¦https://x.y/{sku}
https://shop.example/p/:slug¦https://shop.example/p/[slug]¦https://shop.example/p/{0}¦https://x.y/$slug
https://shop.example/{{ slug }}¦https://shop.example/p/false¦https://shop.example/p/Array¦undefined
https://shop.example/p/undefined?a=1¦https://shop.example/p/undefined/¦https://x.y/%SLUG%/mug
https://shop.example/p/%7B%7Bslug%7D%7D¦https://shop.exampleundefined/mug¦https://shop.examplenull
https://shop.example/p/(null)¦https://shop.example/p/nullnull
"""
DOUBTFUL_URLS = """
https://shop.example/p/mug-undefined¦https://shop.example/p?variant=undefined¦https://x.y/p?id=null
https://shop.example/p/mug-null¦https://shop.example/p/undefined-mug.html¦https://x.y/null/mug
"""
PROSE = """
Sticker {set} of 100% cotton, 5 % off¦$mart @home :-) [new] 100% cotton {blue} #1 *|*
Null & void mug¦Mug «Buenos días»¦Mug @ home¦[sale]¦<s class="old">Mug</s>¦N/A
Undefined Behaviour mug¦C# in a week
Object lens¦Array of pins¦false¦Mug (null)¦Name¦Sample¦A->B cable¦100%¦#SALE¦Warning: hot¦Set {3}
"""


def texts(table: str) -> list[str]:
    return [cell.strip() for row in table.strip().splitlines() for cell in row.split("¦")]


def certainty(field: str, text: str) -> bool | None:
    found = find_placeholder(FIELDS[field], text)
    return None if found is None else found.is_certain


@pytest.mark.parametrize("text", texts(TEMPLATES) + texts(VALUES))
def test_what_stands_in_place_of_an_id_is_found(text: str) -> None:
    assert certainty("purchase_id", text) is True


@pytest.mark.parametrize("text", texts(REAL_IDS))
def test_an_id_of_a_real_shop_is_an_id(text: str) -> None:
    assert certainty("purchase_id", text) is None
    assert certainty("cart_id", text) is None


@pytest.mark.parametrize("text", texts(REAL_IDS) + texts(REAL_SKUS))
def test_an_id_of_a_real_product_is_an_id(text: str) -> None:
    assert certainty("product_id", text) is None


@pytest.mark.parametrize(
    "text", ["product-null", "com.shop.Mug", "null-7", "unknown", "xxx", "USB-A->USB-C", "SKU_NULL"]
)
def test_what_may_be_the_id_of_a_product_is_asked_about(text: str) -> None:
    assert certainty("product_id", text) is False


@pytest.mark.parametrize(
    "text",
    ["YOUR_PRODUCT_ID", "product_id", "sku", "productId", "N/A", "Array", "null", "mug-undefined"],
)
def test_what_stands_in_place_of_the_id_of_a_product_is_found(text: str) -> None:
    assert certainty("product_id", text) is True


@pytest.mark.parametrize("text", texts(REAL_URLS))
def test_an_address_of_a_real_shop_is_an_address(text: str) -> None:
    assert certainty("url", text) is None


@pytest.mark.parametrize("text", texts(BROKEN_URLS))
def test_an_address_with_a_value_that_was_missing_is_found(text: str) -> None:
    assert certainty("url", text) is True


@pytest.mark.parametrize("text", texts(DOUBTFUL_URLS))
def test_an_address_that_may_be_intended_is_asked_about(text: str) -> None:
    assert certainty("image_url", text) is False


@pytest.mark.parametrize("text", texts(PROSE))
def test_prose_may_say_what_it_likes(text: str) -> None:
    assert certainty("brand", text) is None


@pytest.mark.parametrize(
    ("field", "text", "certain"),
    [
        ("purchase_id", "ORD-", False),
        ("purchase_id", "Loading...", False),
        ("purchase_id", "auto-draft", False),
        ("purchase_id", "test", False),
        ("name", "$product->name", True),
        ("name", "Mug - undefined", False),
        ("name", "null null", False),
        ("name", "{!! $name !!}", True),
        ("name", "YOUR_PRODUCT_NAME", True),
        ("name", "[product_name]", True),
        ("name", "Mug {{ size }}", False),
        ("name", "Mug %!s(MISSING)", False),
        ("brand", "#BRAND#", True),
        ("brand", "Array", False),
        ("payment_method", "Array", False),
        ("payment_method", "None", None),
        ("_name", "undefined", True),
        ("_name", "Null", None),
        ("total_price", "Array", None),
        ("total_price", "{total}", True),
        ("purchase_date", "{{ date }}", True),
        ("primary_key", "undefined@shop.example", True),
        ("primary_key", "ada@undefined", True),
        ("primary_key", "{{ email }}", True),
        ("primary_key", "YOUR_EMAIL", True),
        ("primary_key", "com.shop.Customer@5e91993f", True),
        ("primary_key", "[customer-email]", True),
        ("primary_key", "nullmann@shop.example", None),
        ("primary_key", "Ada.Null@shop.example", None),
        ("primary_key", "", None),
    ],
)
def test_each_field_has_placeholders_of_its_kind(
    field: str, text: str, certain: bool | None
) -> None:
    assert certainty(field, text) is certain


def test_a_hostile_text_costs_no_time() -> None:
    pieces = ("{{", "<%", " object (", "A.", "[[", "#<A ", "Warning ", "<a at 0x", "%%a", "\\a")
    for piece in pieces:
        assert certainty("purchase_id", piece * 20_000) in (True, None)
