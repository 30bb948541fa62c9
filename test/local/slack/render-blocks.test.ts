import { describe, expect, it } from "vitest";
import type { Block } from "../../../src/local/slack/model.ts";
import { renderBlocks } from "../../../src/local/slack/render-blocks.ts";
import { renderMrkdwn } from "../../../src/local/slack/render-mrkdwn.ts";

const directory = {
  users: { U01: "alice", U02: '<img src=x onerror="alert(1)">' },
  channels: { C01: "general" },
  userGroups: { S01: "@platform" },
};
const mrkdwn = (text: string) => renderMrkdwn(text, directory);
const render = (...blocks: object[]) =>
  renderBlocks(blocks.map((block, index) => ({ block_id: `b${index}`, ...block })) as Block[], directory);

describe("mrkdwn", () => {
  it.each([
    ["*bold* _italic_ ~gone~", "<b>bold</b> <i>italic</i> <s>gone</s>"],
    ["_so_, (*so*).", "<i>so</i>, (<b>so</b>)."],
    ["5*3*2 and 2 * 3 * 4 and snake_case_name", "5*3*2 and 2 * 3 * 4 and snake_case_name"],
    ["*bold with `code`*", "<b>bold with <code>code</code></b>"],
    ["`*not bold* <@U01> :wave:`", "<code>*not bold* &lt;@U01&gt; :wave:</code>"],
    ["one\ntwo", "one<br>two"],
    ["say\n&gt; quoted\n&gt; more\nend", "say<blockquote>quoted<br>more</blockquote>end"],
    ["```\na < b\n```", '<pre class="code-block">a &lt; b</pre>'],
    [
      "<@U01> <#C01> <!subteam^S01> <!here>",
      '<span class="mention">@alice</span> <span class="mention">#general</span> <span class="mention">@platform</span> <span class="mention">@here</span>',
    ],
    [
      "<https://a.b/x_y_z|a *link*>",
      '<a href="https://a.b/x_y_z" target="_blank" rel="noopener noreferrer">a *link*</a>',
    ],
  ])("draws %j", (text, html) => {
    expect(mrkdwn(text)).toBe(html);
  });

  it("shows escaped mentions as text", () => {
    expect(mrkdwn("&lt;!channel&gt; &lt;@U01&gt; &amp;lt;")).toBe("&lt;!channel&gt; &lt;@U01&gt; &amp;lt;");
  });

  it.each([
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<javascript:alert(1)|click>",
    "<data:text/html,<script>alert(1)</script>|click>",
    '<https://a.b/" onmouseover="alert(1)|x>',
    '<https://a.b/`x`y" onclick=alert(1)|z>',
    "<https://a.b|<img src=x onerror=alert(1)>>",
    "`<img src=x onerror=alert(1)>`",
    "```<svg onload=alert(1)>```",
    "<@U02>",
    "<@U99|<b onclick=x>>",
    "<!date^1^{date}^javascript:alert(1)|x>",
    "\uE0000\uE001 \uE002<b onclick=alert(1)>",
    '*<img src=x onerror=alert(1)>* _"><svg onload=alert(1)>_',
    "&lt;img src=x onerror=alert(1)&gt;",
  ])("keeps %j inert", (text) => {
    for (const html of [
      mrkdwn(text),
      render({ type: "section", text: { type: "mrkdwn", text } }),
      render({ type: "section", text: { type: "plain_text", text } }),
      render({ type: "header", text: { type: "plain_text", text } }),
      render({ type: "markdown", text }),
      render({
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "text", text },
              { type: "link", url: text, text },
            ],
          },
        ],
      }),
      render({
        type: "actions",
        elements: [
          { type: "button", action_id: text, value: text, url: text, text: { type: "plain_text", text } },
        ],
      }),
      render({ type: "image", image_url: text, alt_text: text }),
      render({ type: text, block_id: text }),
    ]) {
      expect(dangers(html)).toEqual([]);
    }
  });
});

/** Every tag and attribute of the HTML that could run something. */
function dangers(html: string): string[] {
  const tags = [...html.matchAll(/<([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>/gi)];
  const unparsed = html.replace(/<\/?[a-z0-9]+(?:\s+[a-z-]+(?:="[^"]*")?)*\s*>/gi, "");
  const wrong = tags.flatMap(([, tag = "", attributes = ""]) => [
    ...(/^(script|svg|iframe|object|style)$/i.test(tag) ? [tag] : []),
    ...(/\son\w+=/i.test(attributes.replace(/"[^"]*"/g, '""')) ? [attributes] : []),
    ...[...attributes.matchAll(/(?:href|src)="([^"]*)"/g)].flatMap(([, url = ""]) =>
      /^(https?|mailto|tel):/.test(url) ? [] : [url],
    ),
  ]);
  return unparsed.includes("<") ? [...wrong, unparsed] : wrong;
}

describe("blocks", () => {
  it("never reads plain_text as mrkdwn", () => {
    expect(render({ type: "header", text: { type: "plain_text", text: "*x* <@U01> <!channel>" } })).toContain(
      "*x* &lt;@U01&gt; &lt;!channel&gt;",
    );
  });

  it("draws a table with numbers, and an empty cell for what it does not know", () => {
    const rows = [[{ type: "raw_text", text: "n" }], [{ type: "raw_number", value: 3 }], [{ type: "odd" }]];

    expect(render({ type: "table", rows })).toContain(
      "<tr><th>n</th></tr><tr><td>3</td></tr><tr><td></td></tr>",
    );
  });

  it("draws a placeholder for a block or element it does not know", () => {
    expect(render({ type: "data_table" })).toContain("[block data_table]");
    expect(render({ type: "actions", elements: [{ type: "rich_text_input" }] })).toContain(
      "[element rich_text_input]",
    );
  });

  it("does not fail on a text object without text", () => {
    expect(() =>
      render({ type: "section", text: { type: "mrkdwn" } }, { type: "header" }, { type: "context" }),
    ).not.toThrow();
  });

  it("gives every button, select and input what the page needs to send", () => {
    const html = render({
      type: "actions",
      block_id: "gate",
      elements: [
        {
          type: "button",
          action_id: "go",
          value: "v",
          style: "danger",
          text: { type: "plain_text", text: "Go" },
        },
        {
          type: "static_select",
          action_id: "pick",
          placeholder: { type: "plain_text", text: "Pick" },
          options: [{ text: { type: "plain_text", text: "A" }, value: "a" }],
        },
        { type: "users_select", action_id: "who" },
      ],
    });

    expect(html).toContain(
      '<button type="button" class="bk-button danger" data-kind="button" data-action-id="go" data-block-id="gate" data-value="v">Go</button>',
    );
    expect(html).toContain(
      'data-kind="static_select" data-action-id="pick" data-block-id="gate" aria-label="Pick"',
    );
    expect(html).toContain('<option value="U01">@alice</option>');
  });
});

it("recognises danger when it is there, so that the checks above mean something", () => {
  expect(dangers("<script>")).toHaveLength(1);
  expect(dangers('<b onclick="x">')).toHaveLength(1);
  expect(dangers('<a href="javascript:alert(1)">')).toHaveLength(1);
  expect(dangers('<a title="x" onmouseover=alert(1)>')).toHaveLength(1);
  expect(dangers('<a href="https://a.b">x</a>')).toEqual([]);
});
