"""What is read of a field without a browser is what Chromium says its text is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from validator.cli import run

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
    run(["check", *options, *files, "--quiet", "--report", f"json={report}"])
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["results"]
    return found


def texts(result: dict[str, Any]) -> list[tuple[str, str]]:
    fields = [field for reading in result["readings"] for field in reading["fields"]]
    return [(field["pointer"], field["text"]) for field in fields]


@pytest.mark.browser
def test_a_text_is_read_as_chromium_reads_it(tmp_path: Path) -> None:
    pages = {
        f"{number}.html": "<!DOCTYPE html><div class=cn_purchase>"
        f"<div class=product_basket_item>{inner}</div></div>"
        for number, inner in enumerate(SHOWN)
    }
    static = results(pages, tmp_path)
    rendered = results(pages, tmp_path, "--render", "--within", "200ms")
    for html, one, other in zip(pages.values(), static, rendered, strict=True):
        assert texts(one) == texts(other), html


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
