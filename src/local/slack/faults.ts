/** One thing that goes wrong on purpose, `times` times. */
export interface Fault {
  /** The Web API method it hits; every method when absent. */
  method?: string | undefined;
  error?: string | undefined;
  httpStatus?: number | undefined;
  retryAfter?: number | undefined;
  /** `lost`: the method takes effect, but the connection breaks before the answer. */
  answer?: "lost" | undefined;
  /** Answers only after this long. */
  delayMs?: number | undefined;
  times: number;
}

export interface Faults {
  add(fault: Fault): void;
  /** The fault that hits this call, used up by one; null when the call goes through. */
  take(method: string): Fault | null;
  loseAcks(times: number): void;
  /** Whether the ack that just arrived is to be lost. */
  takeLostAck(): boolean;
  away: boolean;
  clear(): void;
}

export function createFaults(): Faults {
  let planned: Fault[] = [];
  let lostAcks = 0;
  return {
    away: false,
    add(fault) {
      planned.push({ ...fault });
    },
    take(method) {
      const fault = planned.find((one) => one.method === undefined || one.method === method);
      if (fault === undefined) return null;
      fault.times -= 1;
      planned = planned.filter((one) => one.times > 0);
      return fault;
    },
    loseAcks(times) {
      lostAcks += times;
    },
    takeLostAck() {
      if (lostAcks === 0) return false;
      lostAcks -= 1;
      return true;
    },
    clear() {
      planned = [];
      lostAcks = 0;
    },
  };
}
