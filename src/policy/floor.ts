import type { RuleFile } from "../domain/organisation.ts";

/** Rules that stand under every set and that no file can take away: a loop's own limits, and what people froze or stopped. */
export const floor: RuleFile = {
  label: "built in",
  text: `@id("files-max")
@message("{files} files changed; the loop's limit is {filesMax}.")
forbid (principal, action == Loom::Action::"land", resource)
when { context.files > principal.filesMax };

@id("lines-max")
@message("{lines} lines changed; the loop's limit is {linesMax}.")
forbid (principal, action == Loom::Action::"land", resource)
when { context.lines > principal.linesMax };

@id("frozen")
@message("{freeze}")
@retry("time")
forbid (principal, action in [Loom::Action::"land", Loom::Action::"deploy"], resource)
when { context.frozen };

@id("tool-list")
@message("{loop} may not call {tool}: org.yml does not list the loop there.")
forbid (principal, action == Loom::Action::"call", resource)
unless { context.listed };
`,
};
