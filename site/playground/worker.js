// Runs Python: loads Pyodide and the package from this site, then answers the page's messages in order.
import { loadPyodide } from "../pyodide/pyodide.mjs";

const base = new URL("..", import.meta.url);
const tell = (done, stage) => postMessage({ type: "progress", done, stage });

async function load() {
  tell(0, "Loading Python…");
  const archive = fetch(new URL("helm-cleaner.zip", base)).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
    return answer.arrayBuffer();
  });
  const source = fetch(new URL("playground/run.py", base)).then((answer) => answer.text());
  const python = await loadPyodide({ indexURL: new URL("pyodide/", base).href });
  tell(2, "Loading helm-cleaner…");
  python.unpackArchive(await archive, "zip", { extractDir: "/package" });
  python.runPython("import sys; sys.path.insert(0, '/package')");
  tell(3, "Starting…");
  python.runPython(await source);
  tell(4, "");
  return { check: python.globals.get("check"), fix: python.globals.get("fix") };
}

const ready = load();
ready.then(
  () => postMessage({ type: "ready" }),
  (error) => postMessage({ type: "failed", message: String(error) }),
);

addEventListener("message", async ({ data }) => {
  const { check, fix } = await ready;
  const started = performance.now();
  try {
    const result = data.type === "fix" ? { text: fix(data.text) } : JSON.parse(check(data.text, data.chart, data.store));
    postMessage({ type: data.type, id: data.id, milliseconds: performance.now() - started, ...result });
  } catch (error) {
    postMessage({ type: "failed", id: data.id, message: String(error) });
  }
});
