"""Orders from real servers: PostgreSQL, MariaDB and SQLite, by query and by preset."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from tests.reconcile import servers
from tests.reconcile.conftest import Answer, Ask
from validator.backfill.order_files import ReadOptions, read_table
from validator.backfill.order_parsing import parse_orders
from validator.backfill.value_parsers import ParseOptions
from validator.reconcile.platform_presets import PRESETS

pytestmark = pytest.mark.xdist_group("databases")

QUERY = "SELECT id, total, made AS created_at, email FROM shop_orders ORDER BY id"
ROWS = [
    ("001", "1.234", "2026-11-01 10:00:00", "a@x.example"),
    ("002", "20.50", "2026-11-01 11:00:00", None),
    ("003", "7.00", "2026-11-02 10:00:00", "peña@x.example"),
]
RECORDED = "id,total,date\n001,1.2340,2026-11-01T10:00:00Z\n002,20.5,2026-11-01T11:00:00Z\n"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with servers.postgresql() as url:
        with psycopg.connect(url) as connection:
            connection.execute(
                "CREATE TABLE shop_orders (id text, total numeric(9,3), made timestamp, email text)"
            )
            connection.execute("CREATE SEQUENCE numbers")
            connection.cursor().executemany("INSERT INTO shop_orders VALUES (%s, %s, %s, %s)", ROWS)
        yield url


def maria(url: str) -> pymysql.Connection[pymysql.cursors.Cursor]:
    parts = urlsplit(url)
    return pymysql.connect(
        host="127.0.0.1",
        port=parts.port or 0,
        user="shop",
        password=servers.PASSWORD,
        database="shop",
        charset="utf8mb4",
        autocommit=True,
    )


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    with servers.mariadb() as url:
        with closing(maria(url)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE shop_orders (id varchar(9), total decimal(12, 3), made datetime, "
                "email text) CHARACTER SET utf8mb4"
            )
            cursor.executemany("INSERT INTO shop_orders VALUES (%s, %s, %s, %s)", ROWS)
        yield url


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection, connection:
        connection.execute("CREATE TABLE shop_orders (id text, total real, made text, email text)")
        connection.executemany("INSERT INTO shop_orders VALUES (?, ?, ?, ?)", ROWS)
    return f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture(params=["postgresql", "mariadb", "sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    """Each of the databases, with the same orders."""
    found: str = request.getfixturevalue(request.param)
    return found


def ask_database(ask: Ask, url: str, *options: str) -> Answer:
    return ask("", RECORDED, *options, names=(url, "recorded.csv"))


def test_the_orders_that_a_query_selects_are_compared(ask: Ask, url: str) -> None:
    answer = ask_database(ask, url, "--query", QUERY, "--report", "jsonl=m.jsonl")
    assert answer.code == 1, answer.err
    assert answer.ids("missing") == ["003"]
    assert (answer.ids("total"), answer.ids("date")) == ([], [])
    assert answer.data["orders"]["rows"] == 3
    assert "peña@x.example" in Path("m.jsonl").read_text(encoding="utf-8")


def test_no_output_has_the_password(ask: Ask, url: str) -> None:
    answer = ask_database(ask, url, "--query", QUERY, "--report", "html=r.html")
    for text in (answer.out, answer.err, str(answer.data), Path("r.html").read_text()):
        assert "word-17" not in text
    assert answer.data["orders"]["source"].startswith(urlsplit(url).scheme)


@pytest.mark.parametrize("query", ["SELECT nothing FROM nowhere", "SELEC 1"])
def test_a_query_that_is_wrong_is_answered_in_the_database_s_words(
    ask: Ask, url: str, query: str
) -> None:
    answer = ask_database(ask, url, "--query", query)
    assert answer.code == 2, answer.err
    assert "the database refused the query" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "query", ["DELETE FROM shop_orders", "INSERT INTO shop_orders (id) VALUES ('9') RETURNING id"]
)
def test_nothing_is_ever_written(ask: Ask, url: str, query: str) -> None:
    answer = ask_database(ask, url, "--query", query)
    assert answer.code == 2
    assert ask_database(ask, url, "--query", QUERY).data["orders"]["rows"] == 3


ENDLESS = (
    "WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n) "
    "SELECT count(*) AS id FROM n"
)
LONG = (
    "SELECT count(*) AS id FROM information_schema.columns a, information_schema.columns b, "
    "information_schema.columns c, information_schema.columns d"
)


def test_a_query_that_never_ends_is_stopped(ask: Ask, url: str) -> None:
    # MariaDB ends a recursion by itself.
    query = ENDLESS if "mariadb" not in url else LONG
    answer = ask_database(ask, url, "--query", query, "--timeout", "300ms")
    assert answer.code == 3, answer.err
    assert "the query took longer than 0.3 s" in answer.err
    assert "--timeout" in answer.err


@pytest.mark.parametrize("query", ["VACUUM INTO 'copy.db'", "ATTACH 'copy.db' AS copy"])
def test_a_query_to_sqlite_writes_no_file(
    ask: Ask, sqlite: str, tmp_path: Path, query: str
) -> None:
    answer = ask_database(ask, sqlite, "--query", query)
    assert answer.code == 2
    assert "the database refused the query" in answer.err
    assert not (tmp_path / "copy.db").exists()


def test_a_query_to_mariadb_writes_no_file_on_its_server(
    ask: Ask, mariadb: str, tmp_path: Path
) -> None:
    file = tmp_path / "copy.txt"
    answer = ask_database(ask, mariadb, "--query", f"SELECT 1 /**/INTO/**/OUTFILE '{file}'")
    assert answer.code == 2
    assert "the query writes a file on the database's server" in answer.err
    assert not file.exists()


@pytest.mark.parametrize(
    "address",
    [
        "user:pw/word-17@127.0.0.1/shop",
        "user:12/word-17@127.0.0.1/shop",
        "user:12?word-17@127.0.0.1/shop",
        "user:12#word-17@127.0.0.1/shop",
        "user:pw@x/word-17@127.0.0.1/shop",
        "user:[word-17@127.0.0.1/shop",
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_password_that_is_not_percent_encoded_is_refused_and_not_shown(
    ask: Ask, scheme: str, address: str
) -> None:
    answer = ask_database(ask, f"{scheme}://{address}", "--query", "SELECT 1")
    assert answer.code == 2
    assert "word-17" not in answer.out + answer.err
    assert "user" not in answer.err.replace("the user", "").replace("USER", "")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("postgresql", "SELECT setval('numbers', 9)"),
        ("mariadb", "INSERT INTO shop_orders (id) VALUES ('9') RETURNING id"),
    ],
)
def test_the_session_itself_is_read_only(
    ask: Ask, name: str, query: str, request: pytest.FixtureRequest
) -> None:
    answer = ask_database(ask, request.getfixturevalue(name), "--query", query)
    assert answer.code == 2
    assert re.search("read.only", answer.err, re.IGNORECASE), answer.err


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_a_password_in_what_the_database_says_is_hidden(
    ask: Ask, name: str, request: pytest.FixtureRequest
) -> None:
    quote = '"' if name == "postgresql" else "`"
    query = f"SELECT * FROM {quote}{servers.PASSWORD}{quote}"  # noqa: S608 - no one else's
    answer = ask_database(ask, request.getfixturevalue(name), "--query", query)
    assert "[secret]" in answer.err
    assert "word-17" not in answer.err


def test_many_rows_come_in_batches(ask: Ask, postgresql: str) -> None:
    query = "SELECT 100000 + n AS order_id, n * 0.5 AS total FROM generate_series(1, 25000) n"
    answer = ask_database(ask, postgresql, "--query", query, "--allow-disjoint")
    assert answer.data["orders"]["rows"] == 25_000
    assert answer.data["counts"]["missing"] == 25_000


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_a_wrong_password_is_no_fault_of_the_shop_and_not_repeated(
    ask: Ask, name: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(name).replace("word-17", "word-18")
    answer = ask_database(ask, url, "--query", QUERY)
    assert answer.code == 3
    assert "word-18" not in answer.err + answer.out
    assert "to fix: look at host, port, user and password" in answer.err


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_server_that_does_not_run_is_told_apart_from_wrong_input(ask: Ask, scheme: str) -> None:
    url = f"{scheme}://shop:secret-5@127.0.0.1:{servers.free_port()}/shop"
    answer = ask_database(ask, url, "--query", QUERY)
    assert answer.code == 3, answer.err
    assert "secret-5" not in answer.err


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("oracle://x/y", [], 'there is no database "oracle"'),
        ("sqlite:///shop.db", [], "what is to be read"),
        ("sqlite:///shop.db", ["--query=SELECT 1", "--preset=magento"], "what is to be read"),
        ("sqlite:///shop.db", ["--preset=prestshop"], "did you mean prestashop?"),
        ("sqlite:///shop.db", ["--preset=magento", "--table-prefix=a;b"], "is no prefix"),
        ("sqlite:///none.db", ["--query=SELECT 1"], "there is no file none.db"),
        ("postgresql://u:secret-5@h:port/x", ["--query=SELECT 1"], "the database is no URL"),
    ],
)
def test_what_is_wrong_with_a_database_is_said(
    ask: Ask, url: str, options: list[str], said: str
) -> None:
    answer = ask_database(ask, url, *options)
    assert answer.code == 2
    assert said in answer.err
    assert "secret-5" not in answer.err


# The columns that the presets read, of the types that the platforms' own schemas give them.
TABLES = {
    "prestashop": """
CREATE TABLE ps_orders (id_order int, reference varchar(9), id_lang int, id_customer int,
  id_cart int, id_currency int, id_address_invoice int, current_state int, payment varchar(255),
  total_paid decimal(20,6), date_add datetime);
CREATE TABLE ps_order_detail (id_order int, product_quantity int, product_id int,
  product_name varchar(255), unit_price_tax_incl decimal(20,6), total_price_tax_incl decimal(20,6));
CREATE TABLE ps_order_state (id_order_state int, paid tinyint(1));
CREATE TABLE ps_customer (id_customer int, email varchar(255));
CREATE TABLE ps_address (id_address int, id_country int);
CREATE TABLE ps_country (id_country int, iso_code varchar(3));
CREATE TABLE ps_lang (id_lang int, iso_code varchar(2));
CREATE TABLE ps_currency (id_currency int, iso_code varchar(3));
CREATE TABLE ps_order_history (id_order int, id_order_state int);
CREATE TABLE ps_configuration (name varchar(254), value text);
INSERT INTO ps_configuration VALUES ('PS_TIMEZONE', 'Europe/Madrid');
INSERT INTO ps_order_state VALUES (2, 1), (7, 0), (8, 0);
INSERT INTO ps_order_history VALUES (11, 2), (11, 7), (12, 2), (13, 8);
INSERT INTO ps_customer VALUES (1, 'a@x.example');
INSERT INTO ps_address VALUES (4, 6);
INSERT INTO ps_country VALUES (6, 'ES');
INSERT INTO ps_lang VALUES (1, 'es');
INSERT INTO ps_currency VALUES (1, 'EUR');
INSERT INTO ps_orders VALUES
  (11, 'ABC', 1, 1, 51, 1, 4, 7, 'redsys', 180.750000, '2026-11-01 10:00:00'),
  (12, 'DEF', 1, 1, 52, 1, 4, 2, 'redsys', 20.5, '2026-11-01 11:00:00'),
  (13, 'GHI', 1, 1, 53, 1, 4, 8, 'redsys', 9, '2026-11-01 12:00:00');
INSERT INTO ps_order_detail VALUES (11, 1, 5, 'Mug', 60.25, 60.25), (11, 2, 6, 'Cup', 60.25, 120.5),
  (12, 1, 5, 'Mug', 20.5, 20.5), (13, 1, 5, 'Mug', 9, 9)""",
    "woocommerce": """
CREATE TABLE wp_wc_orders (id bigint, status varchar(20), currency varchar(10), type varchar(20),
  total_amount decimal(26,8), billing_email varchar(320), date_created_gmt datetime,
  payment_method varchar(100));
CREATE TABLE wp_wc_order_addresses (order_id bigint, address_type varchar(20), country text);
CREATE TABLE wp_woocommerce_order_items (order_item_id bigint, order_item_type varchar(200),
  order_id bigint, order_item_name text);
CREATE TABLE wp_woocommerce_order_itemmeta (order_item_id bigint, meta_key varchar(255),
  meta_value longtext);
INSERT INTO wp_wc_orders VALUES
  (11, 'wc-completed', 'EUR', 'shop_order', 180.75, 'a@x.example', '2026-11-01 10:00:00', 'redsys'),
  (12, 'wc-processing', 'EUR', 'shop_order', 20.5, 'b@x.example', '2026-11-01 11:00:00', 'redsys'),
  (13, 'wc-pending', 'EUR', 'shop_order', 9, 'b@x.example', '2026-11-01 12:00:00', 'redsys'),
  (14, 'wc-completed', 'EUR', 'shop_order_refund', -9, NULL, '2026-11-01 12:00:00', NULL);
INSERT INTO wp_wc_order_addresses VALUES (11, 'billing', 'ES'), (11, 'shipping', 'PT'),
  (12, 'billing', 'ES');
INSERT INTO wp_woocommerce_order_items VALUES (1, 'line_item', 11, 'Mug'),
  (2, 'line_item', 11, 'Cup'), (3, 'shipping', 11, 'Flat'), (4, 'line_item', 12, 'Mug');
INSERT INTO wp_woocommerce_order_itemmeta VALUES (1, '_qty', '1'), (1, '_line_total', '50'),
  (1, '_line_tax', '10.25'), (1, '_product_id', '5'), (2, '_qty', '2'), (2, '_line_total', '100'),
  (2, '_line_tax', '20.5'), (2, '_product_id', '6'), (4, '_qty', '1'), (4, '_product_id', '5'),
  (4, '_line_total', '20.5'), (4, '_line_tax', '0')""",
    "woocommerce-posts": """
DROP TABLE IF EXISTS wp_woocommerce_order_items, wp_woocommerce_order_itemmeta;
CREATE TABLE wp_posts (ID bigint, post_type varchar(20), post_status varchar(20),
  post_date_gmt datetime);
CREATE TABLE wp_postmeta (post_id bigint, meta_key varchar(255), meta_value longtext);
CREATE TABLE wp_woocommerce_order_items (order_item_id bigint, order_item_type varchar(200),
  order_id bigint, order_item_name text);
CREATE TABLE wp_woocommerce_order_itemmeta (order_item_id bigint, meta_key varchar(255),
  meta_value longtext);
INSERT INTO wp_posts VALUES
  (11, 'shop_order', 'wc-completed', '2026-11-01 10:00:00'),
  (12, 'shop_order', 'wc-processing', '2026-11-01 11:00:00'),
  (13, 'shop_order', 'wc-pending', '2026-11-01 12:00:00'),
  (14, 'post', 'publish', '2026-11-01 12:00:00');
INSERT INTO wp_postmeta VALUES (11, '_order_total', '180.75'), (12, '_order_total', '20.50'),
  (13, '_order_total', '9'), (11, '_billing_email', 'a@x.example'),
  (12, '_billing_email', 'b@x.example'), (12, '_payment_method', 'redsys'),
  (12, '_billing_country', 'ES'), (12, '_order_currency', 'EUR');
INSERT INTO wp_woocommerce_order_items VALUES (1, 'line_item', 11, 'Mug'),
  (2, 'line_item', 11, 'Cup'), (4, 'line_item', 12, 'Mug');
INSERT INTO wp_woocommerce_order_itemmeta VALUES (1, '_qty', '1'), (1, '_line_total', '60.25'),
  (1, '_product_id', '5'), (2, '_qty', '2'), (2, '_line_total', '120.5'), (2, '_product_id', '6'),
  (4, '_qty', '1'), (4, '_product_id', '5'), (4, '_line_total', '20.5')""",
    "magento": """
CREATE TABLE sales_order (entity_id int, state varchar(32), increment_id varchar(50), quote_id int,
  grand_total decimal(20,4), total_qty_ordered decimal(12,4), created_at timestamp,
  customer_email varchar(128), order_currency_code varchar(3));
CREATE TABLE sales_order_payment (parent_id int, method varchar(128));
CREATE TABLE sales_order_address (parent_id int, address_type varchar(255), country_id varchar(2));
CREATE TABLE sales_order_item (order_id int, parent_item_id int, product_id int, name varchar(255),
  qty_ordered decimal(12,4), price_incl_tax decimal(20,4), row_total_incl_tax decimal(20,4));
INSERT INTO sales_order_item VALUES (1, NULL, 5, 'Mug', 1, 60.25, 60.25),
  (1, NULL, 6, 'Cup', 2, 60.25, 120.5), (1, 2, 7, 'Cup, blue', 2, 0, 0),
  (2, NULL, 5, 'Mug', 1, 20.5, 20.5);
INSERT INTO sales_order VALUES
  (1, 'complete', '11', 51, 180.75, 3, '2026-11-01 10:00:00', 'a@x.example', 'EUR'),
  (2, 'processing', '12', 52, 20.5, 1, '2026-11-01 11:00:00', 'b@x.example', 'EUR'),
  (3, 'pending_payment', '13', 53, 9, 1, '2026-11-01 12:00:00', 'b@x.example', 'EUR');
INSERT INTO sales_order_payment VALUES (1, 'redsys'), (2, 'redsys'), (3, 'redsys');
INSERT INTO sales_order_address VALUES (2, 'billing', 'ES'), (2, 'shipping', 'PT')""",
    "opencart": """
CREATE TABLE oc_order (order_id int, email varchar(96), payment_method text,
  payment_country varchar(128), total decimal(15,4), order_status_id int, currency_code varchar(3),
  currency_value decimal(15,8), date_added datetime);
CREATE TABLE oc_order_product (order_id int, product_id int, name varchar(255), quantity int,
  price decimal(15,4), total decimal(15,4), tax decimal(15,4));
CREATE TABLE oc_order_status (order_status_id int, language_id int, name varchar(32));
INSERT INTO oc_order_status VALUES (1, 1, 'Pending'), (5, 1, 'Complete'), (5, 2, 'Hecho');
INSERT INTO oc_order VALUES
  (11, 'a@x.example', '{"name":"redsys","code":"r.r"}', 'Spain', 361.5, 5, 'EUR', 0.5,
    '2026-11-01 10:00:00'),
  (12, 'b@x.example', 'redsys', 'Spain', 20.5, 5, 'USD', 1, '2026-11-01 11:00:00'),
  (13, 'b@x.example', 'redsys', 'Spain', 9, 1, 'USD', 1, '2026-11-01 12:00:00'),
  (14, 'b@x.example', 'redsys', 'Spain', 9, 0, 'USD', 1, '2026-11-01 12:00:00');
INSERT INTO oc_order_product VALUES (11, 5, 'Mug', 1, 100, 100, 20.5),
  (11, 6, 'Cup', 2, 100, 200, 20.5), (12, 5, 'Mug', 1, 20.5, 20.5, 0)""",
}
FIRST = "id,total,quantity,date\n11,180.75,3,2026-11-01T10:00:00Z\n"


def test_each_preset_has_tables_here() -> None:
    assert TABLES.keys() == PRESETS.keys()


@pytest.mark.parametrize("name", TABLES)
def test_a_preset_reads_the_orders_of_its_platform(ask: Ask, mariadb: str, name: str) -> None:
    with closing(maria(mariadb)) as connection, connection.cursor() as cursor:
        for statement in TABLES[name].split(";\n"):
            cursor.execute(statement)
    paid = ["--paid-status", "Complete"] if name == "opencart" else []
    answer = ask("", FIRST, "--preset", name, *paid, names=(mariadb, "recorded.csv"))
    assert answer.code == 1, answer.err
    assert answer.ids("missing") == ["12"]
    assert answer.data["counts"] | {"missing": 0} == dict.fromkeys(answer.data["counts"], 0)
    assert answer.data["notCompared"] == []
    assert answer.data["ordersLeftOut"] == {"not paid": 1}
    assert {"payment_method", "country", "currency"} <= answer.data["orders"]["columns"].keys()
    if name == "prestashop":
        assert "of Europe/Madrid" in " ".join(answer.data["orders"]["notes"])


@pytest.mark.parametrize("name", TABLES)
def test_what_a_preset_exports_is_whole_for_a_backfill(
    ask: Ask, mariadb: str, tmp_path: Path, name: str
) -> None:
    with closing(maria(mariadb)) as connection, connection.cursor() as cursor:
        for statement in TABLES[name].split(";\n"):
            cursor.execute(re.sub(r"CREATE TABLE (\w+)", r"CREATE OR REPLACE TABLE \1", statement))
    paid = ["--paid-status", "Complete"] if name == "opencart" else []
    ask(
        "",
        "id\n99\n",
        *("--preset", name, *paid, "--allow-disjoint", "--report", "csv=m.csv"),
        *("--orders-timezone", "UTC"),
        names=(mariadb, "recorded.csv"),
    )
    table = read_table(tmp_path / "m.csv", ReadOptions({}))
    options = ParseOptions(product_url="https://shop.example/{productId}")
    parsed = parse_orders(table, options)
    assert parsed.not_sendable == ()
    assert {order.purchase.payment_method for order in parsed.sendable} <= {"redsys", None}
    assert {
        order.purchase.purchase_id: sorted(
            (item.product_id, item.name, item.quantity, item.price)
            for item in order.purchase.products
        )
        for order in parsed.sendable
    } == {
        "11": [("5", "Mug", 1, Decimal("60.25")), ("6", "Cup", 2, Decimal("120.5"))],
        "12": [("5", "Mug", 1, Decimal("20.5"))],
    }


def test_statuses_of_opencart_may_be_named_by_id_and_its_tables_without_a_prefix(
    ask: Ask, mariadb: str
) -> None:
    with closing(maria(mariadb)) as connection, connection.cursor() as cursor:
        for statement in TABLES["opencart"].replace("oc_order (", "`order` (").split(";\n"):
            plain = statement.replace("oc_order VALUES", "`order` VALUES").replace("oc_", "")
            cursor.execute(plain.replace("CREATE TABLE", "CREATE OR REPLACE TABLE"))
    answer = ask(
        "",
        FIRST,
        *("--preset", "opencart", "--table-prefix", ""),
        *("--orders-column", "status=status_id", "--paid-status", "5"),
        names=(mariadb, "recorded.csv"),
    )
    assert answer.ids("missing") == ["12"], answer.err
    assert answer.data["ordersLeftOut"] == {"not paid": 1}


def test_the_prefix_of_a_preset_s_tables_may_be_another(ask: Ask, sqlite: str) -> None:
    answer = ask_database(ask, sqlite, "--preset", "magento", "--table-prefix", "m2_")
    assert answer.code == 2
    assert "m2_sales_order" in answer.err
