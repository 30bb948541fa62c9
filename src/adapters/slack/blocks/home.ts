import type { Button, HomeView, KnownBlock } from "@slack/types";
import type { Overview } from "../../../domain/answer.ts";
import type { Organisation, Person } from "../../../domain/organisation.ts";
import { actionIds } from "./action-ids.ts";
import { blocksPerViewMax, fitted, vital } from "./fitted.ts";
import { actions, button, confirmation, context, header, section } from "./kit.ts";
import { overviewParts, overviewSummary } from "./overview.ts";
import { stopLines } from "./stop-lines.ts";
import { inline } from "./text.ts";

function pauseButton(overview: Overview): Button {
  if (overview.stop !== null) {
    return button("Resume everything", actionIds.homeResume, "everything", { style: "primary" });
  }
  return button("Pause everything", actionIds.homePause, "everything", {
    confirm: confirmation(
      "Pause every loop?",
      "No run starts and nothing lands until somebody resumes. Work in progress is kept.",
      { yes: "Pause", no: "Keep running" },
    ),
  });
}

/**
 * The home tab of one person; without a person, of somebody whom the organisation does not know. `notice` answers the
 * button that they pressed last.
 */
export function renderHome(
  overview: Overview,
  org: Organisation,
  viewer: { person?: Person | undefined; slackUserId: string; notice?: string | undefined },
): HomeView & { blocks: KnownBlock[] } {
  const { person, notice } = viewer;
  const stranger = `I do not know you yet. Add \`slack: ${inline(viewer.slackUserId, 40)}\` to your entry in \`policies/org.yml\`, then open this tab again.`;
  const blocks = fitted(
    [
      vital(header(`${org.name}'s loops`)),
      notice === undefined ? undefined : vital(section(inline(notice, 300))),
      vital(section(...stopLines(overview, org), overviewSummary(overview))),
      vital(actions(pauseButton(overview), button("Refresh", actionIds.homeRefresh, "home"))),
      person === undefined ? vital(context(stranger)) : undefined,
      ...overviewParts(overview, org, person),
    ],
    "ask `/loom status`",
    blocksPerViewMax,
  );
  return { type: "home", blocks };
}
