// Shows times by the reader's clock. Without this file they are in UTC, and say so.
"use strict";

// The page's language, as the reader's part of the world writes it.
const language = document.documentElement.lang;
const reader = navigator.languages.find((tag) => tag.split("-")[0] === language);
const local = new Intl.DateTimeFormat(reader || language, { dateStyle: "medium", timeStyle: "short" });

for (const element of document.querySelectorAll("time[datetime]")) {
  element.title = element.textContent.trim();
  element.textContent = local.format(new Date(element.dateTime));
}

const zone = document.getElementById("zone");
if (zone) {
  zone.textContent = local.resolvedOptions().timeZone;
}
