"""The counterpart of `cn-validator check URL`: opens the page and reads the tag."""

import sys

from playwright.sync_api import sync_playwright


def main(browser: str, url: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser)
        page = chromium.new_page()
        page.goto(url)
        tag = page.locator(".cn_purchase").first
        tag.wait_for(state="attached")
        print(tag.evaluate("e => e.outerHTML"))
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
