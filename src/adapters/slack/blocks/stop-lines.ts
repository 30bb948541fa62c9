import type { Overview } from "../../../domain/answer.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { capped, inline, mention, when } from "./text.ts";

const freezesMax = 5;

/** What a person stopped or froze, which comes before everything else. */
export function stopLines(
  { stop, freezes }: Pick<Overview, "stop" | "freezes">,
  org: Organisation,
): string[] {
  const because = (why: string) => (why === "" ? "" : ` because ${inline(why, 200)}`);
  return [
    ...(stop === null
      ? []
      : [
          `⏸️ *Everything is paused* by ${mention(org, stop.by)}${because(stop.why)}. Nothing starts, lands or deploys.`,
        ]),
    ...capped(freezes, freezesMax, ({ zone, by, why, until }) => {
      const place = zone === null ? "*Everything is frozen*" : `*The zone ${inline(zone, 64)} is frozen*`;
      const whose = by === null ? "org.yml" : mention(org, by);
      return `❄️ ${place} by ${whose} until ${when(until, org)}${because(why)}`;
    }),
  ];
}
