import { z } from "zod";
import { slackbotId } from "../identity.ts";
import type { JsonObject, User } from "../model.ts";
import type { Parts } from "../parts.ts";
import { formFlag, formNumber, type Method, method, ok, page, refuse } from "./method.ts";

export const peopleMethods: Record<string, Method> = {
  "users.info": method({
    token: "bot",
    scope: "users:read",
    args: z.object({ user: z.string() }),
    run(args, parts) {
      const user = parts.workspace.users.get(args.user);
      return user === undefined ? refuse("user_not_found") : ok({ user: userJson(parts, user) });
    },
  }),

  "users.list": method({
    token: "bot",
    scope: "users:read",
    args: z.object({ limit: formNumber.int().min(1).max(1000).default(200), cursor: z.string().optional() }),
    run(args, parts) {
      const found = page([...parts.workspace.users.values()], args.limit, args.cursor);
      if (found === null) return refuse("invalid_cursor");
      return ok({
        members: found.items.map((user) => userJson(parts, user)),
        cache_ts: Math.floor(parts.workspace.clock().getTime() / 1000),
        response_metadata: { next_cursor: found.next },
      });
    },
  }),

  "usergroups.list": method({
    token: "bot",
    scope: "usergroups:read",
    args: z.object({ include_users: formFlag, include_count: formFlag, include_disabled: formFlag }),
    run(args, parts) {
      const usergroups = parts.workspace.userGroups.map((group) => ({
        id: group.id,
        team_id: parts.identity.teamId,
        is_usergroup: true,
        name: group.name,
        handle: group.handle,
        date_delete: 0,
        ...(args.include_users ? { users: group.users } : {}),
        ...(args.include_count ? { user_count: group.users.length } : {}),
      }));
      return ok({ usergroups });
    },
  }),

  "usergroups.users.list": method({
    token: "bot",
    scope: "usergroups:read",
    args: z.object({ usergroup: z.string() }),
    run(args, parts) {
      const group = parts.workspace.userGroups.find((one) => one.id === args.usergroup);
      return group === undefined ? refuse("no_such_subteam") : ok({ users: group.users });
    },
  }),
};

function userJson(parts: Parts, user: User): JsonObject {
  const isBot = user.id === parts.identity.botUserId;
  return {
    id: user.id,
    team_id: parts.identity.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: false,
    tz: "Etc/UTC",
    tz_offset: 0,
    is_admin: false,
    is_bot: isBot,
    is_app_user: false,
    profile: {
      real_name: user.realName,
      display_name: user.name,
      ...(isBot ? { bot_id: parts.identity.botId, api_app_id: parts.identity.appId } : {}),
      ...(user.id === slackbotId ? { always_active: true } : {}),
    },
  };
}
