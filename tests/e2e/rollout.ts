// Follows a rollout to its end, instant by instant.

import { expect } from './fixtures.ts';
import { budget, daemonSet, isReady, nodesWithoutReadyPod, podsOf } from './kubernetes.ts';
import type { Playground } from './page.ts';

const STEP_SECONDS = 0.25;
const STEPS_PER_LOOK = 80;
/** Twenty minutes of the cluster's time. */
const LOOKS_MAX = 60;

/**
 * Moves time until every one of `nodes` has a ready pod with `image`. At no instant may more of
 * them be without a ready pod than `maxUnavailable` allows; at one of them, some must be: a
 * rollout that never takes a pod away has not been observed.
 */
export async function followRollout(
  playground: Playground,
  name: string,
  nodes: string[],
  image: string,
): Promise<void> {
  let unavailableMax = 0;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    for (const seen of await playground.watch(name, STEP_SECONDS, STEPS_PER_LOOK)) {
      const allowed = budget(daemonSet(seen, name), nodes.length);
      const without = nodesWithoutReadyPod(seen, name, nodes);
      expect(without.length, `${without.join(', ')} at ${seen.now} s`).toBeLessThanOrEqual(allowed);
      unavailableMax = Math.max(unavailableMax, without.length);
      const updated = podsOf(seen, name).filter(isReady).filter((pod) =>
        pod.spec.containers.some((it) => it.image === image),
      );
      const reached = updated.map((pod) => pod.spec.nodeName ?? '').sort();
      if (nodes.every((node) => reached.includes(node))) {
        expect(unavailableMax, 'nodes without a ready pod on the way').toBeGreaterThan(0);
        expect(reached, 'nodes that run the new image').toEqual([...nodes].sort());
        return;
      }
    }
  }
  throw new Error(`the rollout of ${name} does not end`);
}
