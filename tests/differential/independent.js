// A second reading of the purchase tag, written from the facts known of the Connectif script and
// not from `validator/reader.py` nor from the stand-in: tree walks and regular expressions where
// those have getElementsByClassName, trim, parseFloat and parseInt. It shares no code with them,
// so that a mistake has to be made twice to pass.
//
// (document) => [{type: "purchase", purchase: {…}}, …], before JSON.stringify.
//
// The facts do not say what becomes of an empty text. This project counts it as nothing recorded,
// and so does this reading: no empty texts, and no empty lists but that of the products.
(document) => {
  "use strict";
  const PURCHASE = {
    purchase_id: ["purchaseId", "text"],
    cart_id: ["cartId", "text"],
    purchase_date: ["purchaseDate", "text"],
    payment_method: ["paymentMethod", "text"],
    total_quantity: ["totalQuantity", "whole"],
    total_price: ["totalPrice", "decimal"],
  };
  const PRODUCT = {
    product_id: ["productId", "text"],
    name: ["name", "text"],
    url: ["productDetailUrl", "text"],
    image_url: ["imageUrl", "text"],
    thumbnail_url: ["thumbnailUrl", "text"],
    description: ["description", "text"],
    availability: ["availability", "text"],
    brand: ["brand", "text"],
    custom_field_1: ["customField1", "text"],
    custom_field_2: ["customField2", "text"],
    custom_field_3: ["customField3", "text"],
    category: ["categories", "texts"],
    tag: ["tags", "texts"],
    related_external_product_id: ["relatedExternalProductIds", "texts"],
    quantity: ["quantity", "whole"],
    review_count: ["reviewCount", "whole"],
    rating_count: ["ratingCount", "whole"],
    priority: ["priority", "whole"],
    price: ["price", "decimal"],
    unit_price: ["unitPrice", "decimal"],
    unit_price_original: ["unitPriceOriginal", "decimal"],
    unit_price_without_vat: ["unitPriceWithoutVAT", "decimal"],
    rating_value: ["rating", "decimal"],
    discounted_percentage: ["discountedPercentage", "decimal"],
    discounted_amount: ["discountedAmount", "decimal"],
  };

  // ECMA-262 WhiteSpace and LineTerminator, one by one.
  const SPACE =
    "[\\u0009\\u000a\\u000b\\u000c\\u000d\\u0020\\u00a0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004" +
    "\\u2005\\u2006\\u2007\\u2008\\u2009\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]";
  const AROUND = new RegExp(`^${SPACE}*([^]*?)${SPACE}*$`);
  const DECIMAL = /^[+-]?(?:Infinity|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/;
  const WHOLE = /^[+-]?[0-9]+/;

  const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const quirks = document.compatMode === "BackCompat";
  const same = (one, other) => (quirks ? lower(one) === lower(other) : one === other);
  const carries = (element, name) =>
    (element.getAttribute("class") ?? "")
      .split(/[\t\n\f\r ]+/)
      .some((token) => same(token, name));

  const below = function* (top) {
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) yield walker.currentNode;
  };
  const all = (top, name) => [...below(top)].filter((element) => carries(element, name));

  const textOf = (element) => AROUND.exec(element.innerText || element.textContent)[1];
  const number = (text, pattern) => {
    const found = pattern.exec(text);
    const value = found ? Number(found[0]) : NaN;
    return Number.isFinite(value) ? value : undefined;
  };

  const read = (top, fields) => {
    const event = {};
    for (const [name, [key, type]] of Object.entries(fields)) {
      const elements = all(top, name);
      if (type === "texts") {
        const texts = elements.map(textOf).filter((text) => text !== "");
        if (texts.length) event[key] = texts;
      } else if (elements.length) {
        const text = textOf(elements[0]);
        if (type === "text") event[key] = text || undefined;
        else event[key] = number(text, type === "whole" ? WHOLE : DECIMAL);
      }
    }
    return event;
  };

  const events = [];
  for (const root of all(document, "cn_purchase")) {
    const purchase = read(root, PURCHASE);
    if (!purchase.purchaseId || !(purchase.totalQuantity >= 0) || !(purchase.totalPrice >= 0)) {
      continue;
    }
    purchase.products = all(root, "product_basket_item")
      .map((item) => read(item, PRODUCT))
      .filter(
        (product) =>
          product.name && product.productDetailUrl && product.productId && product.unitPrice >= 0,
      );
    events.push({ type: "purchase", purchase });
  }
  return events;
}
