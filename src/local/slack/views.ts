import { randomBytes } from "node:crypto";
import type { Block, JsonObject, View } from "./model.ts";
import type { Parts } from "./parts.ts";
import { withBlockIds } from "./validate-blocks.ts";
import { problemsOfView } from "./validate-view.ts";
import { commit } from "./workspace.ts";

export const modalsMax = 3;

const newId = (prefix: string): string => `${prefix}${randomBytes(5).toString("hex").toUpperCase()}`;
const newHash = (parts: Parts): string =>
  `${Math.floor(parts.workspace.clock().getTime() / 1000)}.${randomBytes(4).toString("hex")}`;

export type Built =
  | { kind: "view"; view: View }
  | { kind: "refused"; error: "invalid_arguments"; messages: string[] };

/** A stored view from what the app sent. `over` is the version it replaces. */
export function buildView(
  parts: Parts,
  raw: unknown,
  options: { type: "modal" | "home"; over?: View | undefined },
): Built {
  const messages = problemsOfView(raw, options.type);
  if (messages.length > 0) return { kind: "refused", error: "invalid_arguments", messages };
  const sent = raw as JsonObject & { blocks: JsonObject[] };
  const id = options.over?.id ?? newId("V");
  return {
    kind: "view",
    view: {
      id,
      team_id: parts.identity.teamId,
      type: options.type,
      blocks: withBlockIds(sent.blocks) satisfies Block[],
      private_metadata: String(sent["private_metadata"] ?? ""),
      callback_id: String(sent["callback_id"] ?? ""),
      external_id: String(sent["external_id"] ?? ""),
      state: { values: {} },
      hash: newHash(parts),
      title: sent["title"] as JsonObject | undefined,
      submit: sent["submit"] as JsonObject | undefined,
      close: sent["close"] as JsonObject | undefined,
      clear_on_close: sent["clear_on_close"] === true,
      notify_on_close: sent["notify_on_close"] === true,
      root_view_id: options.over?.root_view_id ?? id,
      previous_view_id: options.over?.previous_view_id ?? null,
      app_id: parts.identity.appId,
      bot_id: parts.identity.botId,
    },
  };
}

export const modalsOf = (parts: Parts, user: string): View[] => parts.workspace.modals.get(user) ?? [];

export function setModals(parts: Parts, user: string, stack: View[]): void {
  commit(parts.workspace, { type: "modals", user, stack });
}

/** Puts the view on top of the person's modals; false when three are open already. */
export function pushModal(parts: Parts, user: string, view: View): View | null {
  const stack = modalsOf(parts, user);
  if (stack.length >= modalsMax) return null;
  const above = stack.at(-1);
  const pushed =
    above === undefined ? view : { ...view, root_view_id: above.root_view_id, previous_view_id: above.id };
  setModals(parts, user, [...stack, pushed]);
  return pushed;
}

/** The open modal with this id or external id, and whose it is. */
export function findModal(
  parts: Parts,
  reference: { id?: string | undefined; externalId?: string | undefined },
): { user: string; view: View } | null {
  for (const [user, stack] of parts.workspace.modals) {
    const view = stack.find(
      (one) =>
        one.id === reference.id ||
        (reference.externalId !== undefined && one.external_id === reference.externalId),
    );
    if (view !== undefined) return { user, view };
  }
  return null;
}

export function replaceModal(parts: Parts, user: string, view: View): void {
  setModals(
    parts,
    user,
    modalsOf(parts, user).map((one) => (one.id === view.id ? view : one)),
  );
}
