import { setFlagsFromString } from "node:v8";

// Cedar, PGlite and the grammars are WebAssembly. Node 20 inlines calls into it, and when it has to give such a function up, it
// sometimes ends the whole process: "Fatal error: unreachable code", in the deoptimizer. Measured: once in 10,000 to 60,000
// rulings on 20.20.2, never on 22.23 and 24.22, never without the inlining, which gains nothing here.
if (process.versions.node.startsWith("20.")) setFlagsFromString("--no-turbo-inline-js-wasm-calls");
