/* A stand-in for the Connectif client script, written from its observable behaviour.
   It does what matters for tags: the same moments, the same reading, the same silence. */
"use strict";

window.initializeConnectif = (configuration) => {
  const TEXT = (text) => text;
  const DECIMAL = parseFloat;
  const INTEGER = (text) => parseInt(text, 10);

  const CART = {
    cart_id: ["cartId", TEXT],
    total_quantity: ["totalQuantity", INTEGER],
    total_price: ["totalPrice", DECIMAL],
  };
  const PURCHASE = {
    ...CART,
    purchase_id: ["purchaseId", TEXT],
    payment_method: ["paymentMethod", TEXT],
    purchase_date: ["purchaseDate", TEXT],
  };
  const ITEM = {
    quantity: ["quantity", INTEGER],
    price: ["price", DECIMAL],
    url: ["productDetailUrl", TEXT],
    product_id: ["productId", TEXT],
    name: ["name", TEXT],
    description: ["description", TEXT],
    image_url: ["imageUrl", TEXT],
    unit_price: ["unitPrice", DECIMAL],
    availability: ["availability", TEXT],
    brand: ["brand", TEXT],
    review_count: ["reviewCount", INTEGER],
    rating_value: ["rating", DECIMAL],
    rating_count: ["ratingCount", INTEGER],
    thumbnail_url: ["thumbnailUrl", TEXT],
    priority: ["priority", INTEGER],
    unit_price_original: ["unitPriceOriginal", DECIMAL],
    unit_price_without_vat: ["unitPriceWithoutVAT", DECIMAL],
    discounted_percentage: ["discountedPercentage", DECIMAL],
    discounted_amount: ["discountedAmount", DECIMAL],
    custom_field_1: ["customField1", TEXT],
    custom_field_2: ["customField2", TEXT],
    custom_field_3: ["customField3", TEXT],
  };
  const ITEM_LISTS = {
    category: "categories",
    tag: "tags",
    related_external_product_id: "relatedExternalProductIds",
  };

  const all = (root, name) => [...root.getElementsByClassName(name)];
  const textOf = (element) => (element.innerText || element.textContent || "").trim();

  /* The first descendant of each class; what is empty or no number is left out. */
  const read = (root, fields) => {
    const found = {};
    for (const [name, [key, convert]] of Object.entries(fields)) {
      const element = all(root, name)[0];
      const value = element && convert(textOf(element));
      if (typeof value === "number" ? Number.isFinite(value) : value) found[key] = value;
    }
    return found;
  };

  const readItem = (root) => {
    const item = read(root, ITEM);
    for (const [name, key] of Object.entries(ITEM_LISTS)) {
      const texts = all(root, name).map(textOf).filter(Boolean);
      if (texts.length) item[key] = texts;
    }
    return item;
  };

  const itemIsKept = (item) =>
    item.name && item.productDetailUrl && item.productId && item.unitPrice >= 0;

  const purchaseIsKept = (purchase) =>
    purchase.purchaseId && purchase.totalQuantity >= 0 && purchase.totalPrice >= 0;

  const getPurchaseEvents = () =>
    all(document, "cn_purchase")
      .map((root) => ({
        ...read(root, PURCHASE),
        products: all(root, "product_basket_item").map(readItem).filter(itemIsKept),
      }))
      .filter(purchaseIsKept)
      .map((purchase) => ({ type: "purchase", purchase }));

  /* The classes of the first root's children are the keys; the value is the first element with
     these classes anywhere in the root. The className of an SVG element is not a text. */
  const getEntityInfo = () => {
    const root = all(document, "cn_client_info")[0];
    const contact = {};
    for (const { className } of root?.children ?? []) {
      const element = typeof className === "string" && all(root, className)[0];
      if (element) contact[className] = textOf(element);
    }
    return contact;
  };

  const getAllEvents = () => [{ type: "page-visit" }, ...getPurchaseEvents()];

  const isTracked = () => {
    const url = location.href;
    const matches = (patterns) =>
      [patterns ?? []].flat().some((pattern) => pattern && new RegExp(pattern).test(url));
    const domains = configuration.allowedDomains ?? [];
    // How the script draws its sample is not known: here the value is the drawn one.
    const { samplingTrackingPercent = 100, samplingValue = 0 } = configuration;
    return (
      samplingValue < samplingTrackingPercent &&
      configuration.webTrackingEnabled &&
      (domains.length === 0 || domains.some((domain) => url.startsWith(domain))) &&
      !matches(configuration.excludeTracking) &&
      (configuration.trackAllByDefault || matches(configuration.includeTracking))
    );
  };

  const post = (payload) => {
    const request = new XMLHttpRequest();
    const path = `integration-type/system/scrippet-notification/${configuration.token}`;
    request.open("POST", configuration.baseUrl + path);
    request.setRequestHeader("Content-type", "text/plain");
    request.onload = () => {
      const { trackerId } = JSON.parse(request.responseText);
      localStorage.setItem("cn_tracker", JSON.stringify({ id: trackerId }));
    };
    request.send(JSON.stringify(payload));
  };

  /* Nothing is sent, and nothing is said, while there is nothing new or tracking is shut. */
  const sendEvents = (events, { entityInfo = getEntityInfo(), cart } = {}) => {
    const contact = JSON.stringify(entityInfo);
    const isNews = contact !== localStorage.getItem("cn_previous_entity_info") || cart;
    if (!isTracked() || !(events.length || isNews)) return;
    localStorage.setItem("cn_previous_entity_info", contact);
    post({
      entityInfo,
      cart,
      events,
      bannerPlaceholders: all(document, "cn_banner_placeholder").map((element) => element.id),
      pageInfo: {
        categories: all(document, "cn_page_category").map(textOf).slice(0, 10),
        title: document.title,
        tags: all(document, "cn_page_tag").map(textOf).slice(0, 10),
      },
      browserInfo: { url: encodeURI(location.href), referer: document.referrer },
    });
  };

  const announce = (name) => document.dispatchEvent(new Event(name));

  const initialize = () => {
    announce("connectif.managed.initialized");
    if (configuration.autoSendEventsOnInit) sendEvents(getAllEvents());
    announce("connectif.initialized");
  };

  window.connectif = {
    version: "1.3.0 (cn-validator stand-in)",
    getPurchaseEvents,
    managed: { sendEvents, getAllEvents },
  };
  announce("connectif.loaded");
  if (!configuration.autoInitialize) return;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", initialize);
  else setTimeout(initialize, 0);
};
