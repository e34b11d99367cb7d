"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const [text, severity, status, practice, shown] =
    ["text", "severity", "status", "practice", "shown"].map(find);
  const findings = [...document.querySelectorAll("details.finding")];
  const words = findings.map((finding) => finding.textContent.toLowerCase());
  const narrow = () => {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    findings.forEach((finding, index) => {
      const is = (select) => !select.value || finding.dataset[select.id] === select.value;
      const visible = is(severity) && is(status) && is(practice)
        && wanted.every((word) => words[index].includes(word));
      finding.hidden = !visible;
      count += visible ? 1 : 0;
    });
    shown.textContent = `${count} of ${findings.length} shown`;
  };
  for (const control of [text, severity, status, practice]) {
    control.addEventListener("input", narrow);
  }
  document.querySelector(".filters").hidden = false;
  narrow();
})();
