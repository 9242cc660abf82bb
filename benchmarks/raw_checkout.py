"""The counterpart of a bundled checkout: the same steps, written with Playwright."""

import sys

from playwright.sync_api import Page, sync_playwright


def check_out(page: Page, shop: str) -> None:
    page.goto(f"{shop}/products/hoodie")
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_label("E-mail").fill("qa@example.test")
    page.get_by_label("Full name").fill("Alba Serra")
    page.get_by_label("Street and number").fill("Calle del Faro 7")
    page.get_by_label("Postcode").fill("43840")
    page.get_by_label("City").fill("Salou")
    page.get_by_label("Country").select_option("Spain")
    page.get_by_role("button", name="Continue to shipping").click()
    page.get_by_label("Standard").check()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_label("Credit card").check()
    page.get_by_role("button", name="Review your order").click()
    page.get_by_role("button", name="Place order").click()
    page.get_by_label("Card number").fill("4111 1111 1111 1111")
    page.get_by_label("Expiry date").fill("12/30")
    page.get_by_label("CVC").fill("123")
    page.get_by_label("Name on card").fill("Alba Serra")
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/order-confirmation/*")


def main(browser: str, shop: str, wanted: str = "tag") -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser)
        page = chromium.new_page()
        check_out(page, shop)
        tag = page.locator(".cn_purchase").first
        tag.wait_for(state="attached")
        print(page.url if wanted == "--print-url" else tag.evaluate("e => e.outerHTML"))
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
