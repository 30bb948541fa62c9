/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "domain-is-pure",
      comment: "domain/ imports only domain/, so it can be read and tested with nothing running.",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { pathNot: "^src/domain/" },
    },
    {
      name: "ports-name-domain-only",
      comment: "ports.ts and ports/ state what the loop needs, in domain words.",
      severity: "error",
      from: { path: "^src/ports([.]ts$|/)" },
      to: { pathNot: "^src/(domain|ports)/" },
    },
    {
      name: "pillars-calculate",
      comment:
        "coordination, policy, memory and trace are rules over domain values: no adapter, no loop, no I/O. node:crypto hashes, picomatch reads globs, Cedar evaluates rules, secretlint knows what secrets look like.",
      severity: "error",
      from: { path: "^src/(coordination|policy|memory|trace)/" },
      to: {
        pathNot:
          "^src/(domain|coordination|policy|memory|trace)/|^src/ports([.]ts$|/)|^crypto$|^node:crypto$|node_modules/(@types/)?picomatch|node_modules/(@cedar-policy|@secretlint)/",
      },
    },
    {
      name: "policy-alone-evaluates",
      comment: "Rules and secrets are judged in one place; everybody else asks policy/.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/policy/" },
      to: { path: "node_modules/(@cedar-policy|@secretlint)/" },
    },
    {
      name: "loop-knows-no-vendor",
      comment: "loop/ reaches the world through ports.ts only: no adapter, no config file, no npm package.",
      severity: "error",
      from: { path: "^src/loop/" },
      to: { pathNot: "^src/(loop|domain|coordination|policy|memory|trace)/|^src/ports([.]ts$|/)" },
    },
    {
      name: "replay-compares-only",
      comment:
        "replay/ goes through a history by the same rules as the line: no loop, no adapter, no npm package.",
      severity: "error",
      from: { path: "^src/replay/" },
      to: { pathNot: "^src/(replay|domain|coordination|trace)/|^src/ports([.]ts$|/)" },
    },
    {
      name: "adapters-do-not-meet",
      comment:
        "One adapter, one vendor. Adapters share domain words and ports, never each other, the loop or the config.",
      severity: "error",
      from: { path: "^src/adapters/([^/.]+)" },
      to: {
        path: "^src/(adapters|loop|replay|coordination|policy|memory|trace|config|local|entry)/",
        pathNot: "^src/adapters/$1(/|[.])",
      },
    },
    {
      name: "local-knows-no-loops",
      comment:
        "The local workspace and the sample stand in for the world outside; they must not know LoomStack's insides.",
      severity: "error",
      from: { path: "^src/local/([^/]+)" },
      to: { path: "^src/", pathNot: "^src/(domain|local/$1)/" },
    },
    {
      name: "config-feeds-entry-only",
      comment: "config/ turns raw environment and files into domain values. Only entry/ reads it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(config|entry)/" },
      to: { path: "^src/config/" },
    },
    {
      name: "config-knows-domain-only",
      comment: "config/ knows the words, the ports and its parsers.",
      severity: "error",
      from: { path: "^src/config/" },
      to: { path: "^src/", pathNot: "^src/(config|domain)/|^src/ports([.]ts$|/)" },
    },
    {
      name: "nobody-imports-entry",
      comment: "Processes and wiring stand on top.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/entry/" },
      to: { path: "^src/entry/" },
    },
    {
      name: "no-circular",
      comment: "A circle has no floor.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "src-not-to-test",
      comment: "The product does not need its tests.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^test/" },
    },
    {
      name: "not-to-dev-dep",
      comment: "What runs in production is a dependency.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/local/slack/page/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "reachable-from-entry",
      comment: "Dead wood: no process ever loads this file.",
      severity: "error",
      from: { path: "^src/entry/" },
      to: { path: "^src/", pathNot: "^src/(entry|local/slack/page)/|[.]d[.]ts$", reachable: false },
    },
    {
      name: "no-unresolvable",
      comment: "Every import exists.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
