// The playground: a text area, with the findings of the worker's last answer beside it and under its text.
const $ = (id) => document.getElementById(id);
const base = new URL(".", import.meta.url);
const values = $("values");
const { examples, stores, chart } = await (await fetch(new URL("choices.json", base))).json();
const worker = new Worker(new URL("worker.js", base), { type: "module" });
let last = 0; // the id of the last request; answers to earlier ones are dropped
let timer;

// ---- the text in the link: the fragment is never sent to a server ----

const encode = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const decode = (text) => new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)));

function readLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  $("chart").value = given.get("chart") ?? chart;
  $("store").value = given.has("store") && given.get("store") in stores ? given.get("store") : Object.keys(stores)[0];
  $("example").value = "";
  const wanted = given.get("example");
  try {
    if (given.has("values")) return decode(given.get("values"));
  } catch {
    // a link that was cut
  }
  const name = wanted in examples ? wanted : Object.keys(examples)[0];
  $("example").value = name;
  return examples[name];
}

function link() {
  const given = new URLSearchParams({ values: encode(values.value) });
  if ($("chart").value !== chart) given.set("chart", $("chart").value);
  if ($("store").value !== Object.keys(stores)[0]) given.set("store", $("store").value);
  return `${location.href.split("#")[0]}#${given}`;
}

// ---- positions: the command line counts characters, a string here has UTF-16 units ----

function index(text, { line, column }) {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  const rest = text.slice(start).split("\n", 1)[0];
  return start + [...rest].slice(0, column - 1).join("").length;
}

const place = (text, at) => {
  const start = index(text, at);
  const rest = text.slice(start).split("\n", 1)[0];
  const length = (rest.match(/^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,\]}#]+:?|\S)/) ?? [""])[0].length;
  return [start, start + Math.max(length, 1)];
};

function apply(text, edits) {
  const ranges = edits.map((edit) => [index(text, edit.start), index(text, edit.end), edit.text]);
  ranges.sort((a, b) => b[0] - a[0]);
  return ranges.reduce((result, [start, end, piece]) => result.slice(0, start) + piece + result.slice(end), text);
}

// ---- what is shown ----

function element(name, properties, ...children) {
  const result = Object.assign(document.createElement(name), properties);
  result.append(...children);
  return result;
}

function replace(text) {
  values.focus();
  values.select();
  // Through the editing commands where there are any, so that undo works.
  if (!document.execCommand("insertText", false, text) || values.value !== text) values.value = text;
  check();
}

function show(answer, text) {
  const { findings } = answer;
  const errors = findings.filter((d) => d.severity === "error").length;
  const counts = [[errors, "error"], [findings.length - errors, "warning"]].filter(([n]) => n).map(([n, what]) => `${n} ${what}${n > 1 ? "s" : ""}`);
  $("status").textContent = counts.join(", ") || "No problems found.";
  $("fix-all").hidden = !findings.some((d) => d.fix?.applicability === "safe");
  $("section").textContent = answer.section;
  $("job").textContent = answer.job;
  $("findings").replaceChildren(...findings.map((d) => row(d, text)));
  underline(findings, text);
  document.body.dataset.milliseconds = answer.milliseconds.toFixed(1);
}

function row(d, text) {
  const where = d.line === null || d.file !== "values.yaml" ? element("span", { className: "where", textContent: d.file })
    : element("button", { type: "button", className: "where", textContent: `Line ${d.line}`, onclick: () => {
      const [start, end] = place(text, { line: d.line, column: d.column ?? 1 });
      values.focus();
      values.setSelectionRange(start, end);
    } });
  const code = element("a", { href: new URL(`../../codes/${d.code}/`, base).href, textContent: d.code });
  const message = element("p", {}, where, ` ${d.severity}: ${d.path ? `${d.path}: ` : ""}${d.message} `, code);
  const item = element("li", { className: d.severity }, message);
  if (d.hint) item.append(element("p", { className: "hint", textContent: `hint: ${d.hint}` }));
  if (d.fix?.edits.length) {
    const label = d.fix.applicability === "safe" ? "Fix" : "Apply the suggestion";
    item.append(element("button", { type: "button", className: "fix", textContent: label, onclick: () => replace(apply(text, d.fix.edits)) }));
  }
  return item;
}

function underline(findings, text) {
  const places = findings.filter((d) => d.line !== null && d.file === "values.yaml").map((d) => [...place(text, { line: d.line, column: d.column ?? 1 }), d.severity]);
  places.sort((a, b) => a[0] - b[0]);
  const pieces = [];
  let end = 0;
  for (const [start, stop, severity] of places) {
    if (start < end) continue;
    pieces.push(text.slice(end, start), element("mark", { className: severity, textContent: text.slice(start, stop) }));
    end = stop;
  }
  $("marks").replaceChildren(...pieces, text.slice(end), "\n ");
  scroll();
}

function scroll() {
  $("marks").scrollTop = values.scrollTop;
  $("marks").scrollLeft = values.scrollLeft;
}

function check() {
  clearTimeout(timer);
  worker.postMessage({ type: "check", id: ++last, text: values.value, chart: $("chart").value.trim() || chart, store: stores[$("store").value] });
}

worker.addEventListener("message", ({ data }) => {
  if (data.type === "progress") {
    $("progress").value = data.done;
    if (data.stage) $("stage").textContent = data.stage;
  } else if (data.type === "ready") {
    $("loading").hidden = true;
  } else if (data.type === "failed") {
    $("status").textContent = `helm-cleaner cannot run here: ${data.message}`;
  } else if (data.id !== last) {
    // the text has changed since
  } else if (data.type === "fix") {
    replace(data.text);
  } else {
    show(data, values.value);
  }
});

for (const name of Object.keys(examples)) $("example").append(element("option", { value: name, textContent: name }));
$("example").prepend(element("option", { value: "", textContent: "Your own" }));
for (const name of Object.keys(stores)) $("store").append(element("option", { value: name, textContent: name }));
values.value = readLink();
values.addEventListener("input", () => {
  $("example").value = "";
  last++; // what is still to come is about another text
  clearTimeout(timer);
  timer = setTimeout(check, 60);
  underline([], values.value);
});
values.addEventListener("scroll", scroll);
$("example").addEventListener("change", ({ target }) => {
  const name = target.value;
  if (name) replace(examples[name]);
  target.value = name; // typing sets it to "Your own"
});
$("chart").addEventListener("input", check);
$("store").addEventListener("change", check);
$("fix-all").addEventListener("click", () => worker.postMessage({ type: "fix", id: ++last, text: values.value }));
$("share").addEventListener("click", async () => {
  history.replaceState(null, "", link());
  try {
    await navigator.clipboard.writeText(location.href);
    $("share").textContent = "Copied";
  } catch {
    $("share").textContent = "It is in the address bar";
  }
  setTimeout(() => ($("share").textContent = "Copy link"), 2000);
});
addEventListener("hashchange", () => {
  values.value = readLink();
  check();
});
check();
