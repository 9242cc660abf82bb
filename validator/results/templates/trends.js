"use strict";
// The latest runs are at the right: they are what a narrow screen shows first.
for (const each of document.querySelectorAll(".scroll")) each.scrollLeft = each.scrollWidth;
