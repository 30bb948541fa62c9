// For `node --import`: lets a child process of a test run TypeScript sources as they are, on a Node that cannot.
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { fileURLToPath } from "node:url";

if (process.env.LOADS_TYPESCRIPT === undefined) {
  process.env.LOADS_TYPESCRIPT = "registered";
  register(import.meta.url);
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith(".ts")) return nextLoad(url, context);
  const { default: typescript } = await import("typescript");
  const { outputText } = typescript.transpileModule(readFileSync(fileURLToPath(url), "utf8"), {
    compilerOptions: { target: "es2023", module: "esnext", verbatimModuleSyntax: true },
  });
  return { format: "module", source: outputText, shortCircuit: true };
}
