// Fills in the browser's time zone where none is written yet. The form works without it.

const zone = document.querySelector("[name=timezone]");
const names = document.querySelector("#zones");

if (zone && !zone.value) {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
for (const name of Intl.supportedValuesOf?.("timeZone") ?? []) {
  names?.append(new Option(name, name));
}
