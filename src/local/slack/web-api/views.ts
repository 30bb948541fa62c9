import { z } from "zod";
import type { Parts } from "../parts.ts";
import { buildView, findModal, modalsOf, pushModal, replaceModal, setModals } from "../views.ts";
import { commit, findUser } from "../workspace.ts";
import { type ApiAnswer, type Method, method, ok, refuse } from "./method.ts";

const triggerArgs = z.object({
  trigger_id: z.string().optional(),
  interactivity_pointer: z.string().optional(),
  view: z.unknown().optional(),
});

export const viewMethods: Record<string, Method> = {
  "views.open": method({
    token: "bot",
    args: triggerArgs,
    run: (args, parts) => openView(args, parts, "open"),
  }),
  "views.push": method({
    token: "bot",
    args: triggerArgs,
    run: (args, parts) => openView(args, parts, "push"),
  }),

  "views.update": method({
    token: "bot",
    args: z.object({
      view_id: z.string().optional(),
      external_id: z.string().optional(),
      hash: z.string().optional(),
      view: z.unknown().optional(),
    }),
    run(args, parts) {
      const home = [...parts.workspace.homes].find(([, view]) => view.id === args.view_id);
      const found = findModal(parts, { id: args.view_id, externalId: args.external_id });
      const old = found?.view ?? home?.[1];
      if (old === undefined) return refuse("not_found");
      if (args.hash !== undefined && args.hash !== old.hash) return refuse("hash_conflict");
      const built = buildView(parts, args.view, { type: old.type, over: old });
      if (built.kind === "refused") return refuse(built.error, built.messages);
      if (found !== null) replaceModal(parts, found.user, built.view);
      else if (home !== undefined) commit(parts.workspace, { type: "home", user: home[0], view: built.view });
      return ok({ view: built.view });
    },
  }),

  "views.publish": method({
    token: "bot",
    args: z.object({ user_id: z.string(), hash: z.string().optional(), view: z.unknown().optional() }),
    run(args, parts) {
      if (!parts.manifest.homeTab) return refuse("not_enabled");
      const user = findUser(parts.workspace, args.user_id);
      if (user === undefined) return refuse("user_not_found");
      const over = parts.workspace.homes.get(user.id);
      if (args.hash !== undefined && over !== undefined && args.hash !== over.hash)
        return refuse("hash_conflict");
      const built = buildView(parts, args.view, { type: "home", over });
      if (built.kind === "refused") return refuse(built.error, built.messages);
      commit(parts.workspace, { type: "home", user: user.id, view: built.view });
      return ok({ view: built.view });
    },
  }),
};

function openView(args: z.output<typeof triggerArgs>, parts: Parts, how: "open" | "push"): ApiAnswer {
  const triggerId = args.trigger_id ?? args.interactivity_pointer;
  if (triggerId === undefined)
    return refuse("invalid_arguments", ["[ERROR] missing required field: trigger_id"]);
  const built = buildView(parts, args.view, { type: "modal" });
  if (built.kind === "refused") return refuse(built.error, built.messages);
  const trigger = parts.triggers.use(triggerId);
  if (trigger.kind === "refused") return refuse(trigger.error);
  const duplicate =
    built.view.external_id !== "" && findModal(parts, { externalId: built.view.external_id }) !== null;
  if (duplicate) return refuse("duplicate_external_id");
  if (how === "push" && modalsOf(parts, trigger.user).length === 0) return refuse("not_found");
  // A modal opened from outside the open ones replaces them; one opened from inside goes on top.
  if (how === "open" && trigger.viewId === undefined) setModals(parts, trigger.user, []);
  const view = pushModal(parts, trigger.user, built.view);
  return view === null ? refuse("push_limit_reached") : ok({ view });
}
