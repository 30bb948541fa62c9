export interface LocalTime {
  /** Since midnight on the wall clock, 0 to 1439. */
  minutes: number;
  /** 1 is Monday, 7 Sunday. */
  weekday: number;
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the wall clocks of a time zone show. Where the clocks go back, the same time comes twice, as on the wall. */
export function localTime(at: Date, timezone: string): LocalTime {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: timezone,
      hour: "2-digit",
      minute: "2-digit",
      weekday: "short",
      hourCycle: "h23",
    });
    formats.set(timezone, format);
  }
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  return {
    minutes: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
    weekday: weekdays.indexOf(parts.get("weekday") ?? "") + 1,
  };
}
