import { afterAll, describe } from "vitest";
import { queueContract } from "../../contracts/queue.ts";
import { redisPlace } from "../../contracts/queue-place.ts";
import { startRedis } from "../../services/redis.ts";

const redis = await startRedis();
if ("skipped" in redis) {
  console.warn(`queue on Redis: skipped, ${redis.skipped}`);
  describe.skip(`queue on Redis: ${redis.skipped}`, () => {});
} else {
  afterAll(() => redis.stop());
  queueContract("Redis", () => redisPlace(redis));
}
