"""What is read of a field without a browser is what Chromium says its text is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from validator.cli import invoke

SHOWN = [
    "<span class=name><template>X</template>A</span>",
    "<textarea class=name>A &amp; B</textarea>",
    "<title class=name>A &amp; B</title>",
    "<svg><title class=name>A<b>c</title></svg>",
    "<svg><text class=name>A<br>c</text></svg>",
    "<p class=name>A<br>B <br/> C</p>",
    "<p class=name> A <b> B</b> <i>C</i>D </p>",
    "<div class=name>A<div>B</div>C<p>D</p><p>E</p></div>",
    "<div class=name>A <div><div> B</div></div> C</div>",
    "<div class=name><ul><li>A<li>B</ul>C</div>",
    "<pre class=name>A\n  B\n\n C</pre>",
    "<div class=name>A<pre>\nB\n  C</pre>D</div>",
    "<p class=name style='white-space: pre'>A\n  B <b style='white-space:normal'>C\n D</b></p>",
    "<table class=name><tr><td>A<td>B<tr><td>C<td>D</table>",
    "<div class=name>A<textarea>B</textarea><script>C</script><video>D</video>E</div>",
    "<div class=name>A<span hidden>B</span><span style='display:none'>C</span>D</div>",
    "<div class=name hidden>A<br>B <p>C</p></div>",
    "<div class=name>A&#13;\r\nB\rC</div>",
    "<p><svg><g></g><span class=name>A</span></svg></p>",
    "<p class=name>A\fB \f C</p>",
    "<div class=name>A<dialog>B</dialog><i popover>C</i>D</div>",
    "<dialog open><p class=name>A  B</p></dialog>",
    "<div popover><p class=name>A  B</p></div>",
    "<details><summary>A</summary><p class=name>B  C</p></details>",
    "<details><summary class=name>A  B</summary>C</details>",
    "<details open><summary>A</summary><p class=name>B  C</p></details>",
    "<div class=name>A<details>x<p>B</p><summary>C</summary><summary>D</summary></details>E</div>",
    "<div class=name>A<meter>B</meter>C<progress>D</progress>E</div>",
    "<meter class=name>A  B</meter>",
    "<p class=name style='white-space:pre-line'>A  \n B</p>",
    "<p class=name style='white-space:pre;white-space:normal'>A  \n B</p>",
    "<pre><p class=name style='white-space:inherit'>A  \n B</p></pre>",
]
LAID_OUT = [
    "A <input> B",
    "A <input type=hidden> B",
    "A <img> B",
    "<img> A",
    "A <img><img> B <img>C",
    "A <img style='display:block'> B",
    "A <img hidden> B",
    "A <canvas>x</canvas> B",
    "A <canvas style='display:block'>x</canvas> B",
    "<canvas><img> x</canvas> A",
    "A <video>x</video> B <audio>x</audio> C <audio controls>x</audio> D",
    "A <textarea>x</textarea> B",
    "A <iframe>x</iframe> B",
    "A <meter>x</meter> B",
    "A <button> B </button> C",
    "A<button> B </button>C",
    "A<button><div>B</div></button>C",
    "A<button></button>\nC",
    "A <select></select> B",
    "A<select><option>B</select>C",
    "A<select><optgroup></select>C",
    "A<select><optgroup><option>B<option>C</optgroup><option>D</select>E",
    "A<option>B</option>C",
    "A <span style='display:inline-block'></span> B",
    "A <span style='display:inline-block'> B </span> C",
    "A<span style='display:inline-block'> B </span>C",
    "A<span style='display:inline flow-root'> B </span>C",
    "A<p style='display:inline-block'>B</p>C",
    "A<p style='display:inline'>B</p>C",
    "<input> <div>A</div>",
    "A<span style='display:block'>B</span>C",
    "A<span style='display:list-item'>B</span>C",
    "A<div style='display:inline'>B</div>C",
    "A<div style='display:inline-block'>B</div> C",
    "A<div style='display:contents'>B</div>C",
    "A<h2 style='display:inline'> B </h2>C",
    "<table><tr><td style='display:block'>A<td style='display:block'>B</table>",
    "A<span style='display:inherit'>B</span>C",
    "A<span style='display:initial'>B</span>C",
    "A<div style='display:initial'>B</div>C",
    "A<div style='display:var(--x)'>B</div>C",
    "A<div style='float:left'>B</div>C",
    "A<span style='float:left'>B</span>C",
    "A<span style='float:none'>B</span>C",
    "A<span style='position:absolute'>B</span>C",
    "A<span style='position:fixed'>B</span>C",
    "A<span style='position:relative'>B</span>C",
    "<div style='display:flex'><span>A</span><span>B</span></div>",
    "<div style='display:grid'><span>A</span> <b>B</b></div>",
    "<div style='display:inline-flex'><span>A</span> <b>B</b></div>C",
    "<div style='display:flex'>A<button>B</button>C</div>",
    "<div style='display:table'><span style='display:table-cell'>A</span>\n"
    "<span style='display:table-cell'>B</span></div>",
    "<div style='display:table'><span style='display:table-row'>"
    "<span style='display:table-cell'>A</span></span>\n<span style='display:table-row'>"
    "<span style='display:table-cell'>B</span></span></div>",
    "A<div style='display:inline-table'><span style='display:table-cell'>B</span></div>C",
    "A<hr><hr>B",
    "A <b></b> B",
    "A <b><i></i></b> B",
    "<div style='visibility:hidden'>A<button>x</button><b style='visibility:visible'>B</b></div>",
    "A <span style='visibility:hidden;display:inline-block'> B </span> C",
]
"""How elements stand in a line, by themselves and by their style attribute."""
DISPLAYS = [
    "/*display:none*/",
    "--x:display:none",
    "x-display:none",
    "display:none;display:block",
    "display:none!important;display:block",
    "display:none;display:nonsense",
    "display:none;display:none none",
    "display:none;display:inline flex",
    "display:none;display:var(--x)",
    "DISPLAY : NONE ;",
    r"display:n\6fne",
    "background:url(x;display:none)",
]
STYLED = [
    ("text-transform:uppercase", "straße ﬁ x.y 3rd"),
    ("text-transform:lowercase", "STRASSE ΟΔΟΣ"),
    ("text-transform:capitalize", "o'neil blue-green x.y 3rd a.b/c_d ǆ (foo) «bar» a:b a’b BAR"),  # noqa: RUF001 - as people write it
    ("text-transform:capitalize", "fo<b>o ba</b>r x<i>y</i> <p>z</p>"),
    ("text-transform:uppercase", "a<i style='text-transform:none'>b</i><b>c</b>"),
    ("text-transform:uppercase", "a<i style='text-transform:unset'>b</i><b>c</b>"),
    ("text-transform:uppercase", "a<i style='text-transform:nonsense'>b</i><button>c</button>"),
    ("text-transform:uppercase", "a<select><option>b</select>c"),
    ("visibility:hidden", "A  B"),
    ("visibility:hidden", "A  <b style='visibility:visible'>B  C</b>  D"),
    ("", "A  <b style='visibility:hidden'>X</b>  C"),
    ("", "A<b style='visibility:hidden'> X </b> C"),
    ("", "A<b style='visibility:hidden'> </b>C"),
    ("", "A<p style='visibility:hidden'>X</p>C"),
    ("", "A<p style='visibility:collapse'>X<br>Y</p>C"),
]
DOCTYPES = [
    "",
    "<!DOCTYPE html>",
    " <!-- a --> <!doctype HTML SYSTEM 'about:legacy-compat'>",
    "a<!DOCTYPE html>",
    "<!DOCTYPE xhtml>",
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "loose.dtd">',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN" "loose.dtd">',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "strict.dtd">',
    '<!DOCTYPE html SYSTEM "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd">',
]


def results(pages: dict[str, str], folder: Path, *options: str) -> list[dict[str, Any]]:
    for name, html in pages.items():
        (folder / name).write_bytes(html.encode())
    files = [str(folder / name) for name in pages]
    report = folder / "report.json"
    invoke(["check", *options, *files, "--quiet", "--report", f"json={report}"])
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["results"]
    return found


def texts(result: dict[str, Any]) -> list[tuple[str, str]]:
    fields = [field for reading in result["readings"] for field in reading["fields"]]
    return [(field["pointer"], field["text"]) for field in fields]


def assert_read_alike(fields: list[str], folder: Path) -> None:
    items = "".join(f"<div class=product_basket_item>{field}</div>" for field in fields)
    page = {"a.html": f"<!doctype html><meta charset=utf-8><div class=cn_purchase>{items}</div>"}
    (static,), (rendered,) = results(page, folder), results(page, folder, "--render")
    assert len(texts(rendered)) == len(fields)
    for field, one, other in zip(fields, texts(static), texts(rendered), strict=True):
        assert one == other, field


@pytest.mark.browser
def test_a_text_is_read_as_chromium_reads_it(tmp_path: Path) -> None:
    assert_read_alike(SHOWN, tmp_path)


@pytest.mark.browser
def test_what_stands_in_a_line_is_read_as_chromium_reads_it(tmp_path: Path) -> None:
    assert_read_alike([f"<div class=name>{inner}</div>" for inner in LAID_OUT], tmp_path)


@pytest.mark.browser
def test_quirks_mode_is_that_of_chromium(tmp_path: Path) -> None:
    pages = {
        f"{number}.html": f"{start}<div class=Cn_Purchase><b class=CART_ID>1</b></div>"
        for number, start in enumerate(DOCTYPES)
    }
    static = results(pages, tmp_path)
    rendered = results(pages, tmp_path, "--render", "--within", "200ms")
    for html, one, other in zip(pages.values(), static, rendered, strict=True):
        assert texts(one) == texts(other), html


@pytest.mark.browser
def test_of_a_style_attribute_the_same_is_known_as_to_the_browser(tmp_path: Path) -> None:
    fields = [
        *(f"<div style='{style}'><p class=name>A  B</p></div>" for style in DISPLAYS),
        *(f"<div hidden style='{style}'><p class=name>A  B</p></div>" for style in DISPLAYS),
        *(f'<div style="{style}"><p class=name>{text}</div>' for style, text in STYLED),
        *(f'<div class=name style="{style}">{text}</div>' for style, text in STYLED),
    ]
    assert_read_alike(fields, tmp_path)
