// Shows times by the reader's clock. Without this file they are in UTC, and say so.
"use strict";

const language = document.documentElement.lang;
const options = { dateStyle: "medium", timeStyle: "short" };
const local = new Intl.DateTimeFormat(language, options);

for (const element of document.querySelectorAll("time[datetime]")) {
  element.title = element.textContent.trim();
  element.textContent = local.format(new Date(element.dateTime));
}

const zone = document.getElementById("zone");
if (zone) {
  zone.textContent = local.resolvedOptions().timeZone;
}
