// The part of a snapshot's Kubernetes JSON that the tests read, and questions to it.

export interface KubernetesObject {
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion?: string;
    generation?: number;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  };
}

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface Node extends KubernetesObject {
  spec: { unschedulable?: boolean; taints?: Taint[] };
}

export interface Pod extends KubernetesObject {
  spec: { nodeName?: string; containers: { name: string; image: string }[] };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

export interface DaemonSet extends KubernetesObject {
  spec: { updateStrategy?: { rollingUpdate?: { maxUnavailable?: number | string } } };
  status: {
    desiredNumberScheduled: number;
    currentNumberScheduled: number;
    numberMisscheduled: number;
    numberReady: number;
    numberAvailable?: number;
    updatedNumberScheduled?: number;
    observedGeneration?: number;
  };
}

export interface Snapshot {
  now: number;
  nodes: Node[];
  pods: Pod[];
  daemonSets: DaemonSet[];
  controllerRevisions: KubernetesObject[];
  events: KubernetesObject[];
}

export const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5', 'worker-6'];
export const ALL_NODES = ['cp-1', 'gpu-1', 'gpu-2', ...WORKERS];

export function daemonSet(snapshot: Snapshot, name: string): DaemonSet {
  const found = snapshot.daemonSets.find((it) => it.metadata.name === name);
  if (!found) throw new Error(`no DaemonSet ${name} in the snapshot`);
  return found;
}

/** All pods of a DaemonSet, those that are leaving too. */
export function podsOf(snapshot: Snapshot, name: string): Pod[] {
  return snapshot.pods.filter((pod) =>
    pod.metadata.ownerReferences?.some((it) => it.kind === 'DaemonSet' && it.name === name),
  );
}

/** Ready by its condition, and to stay. */
export function isReady(pod: Pod): boolean {
  const ready = pod.status?.conditions?.some((it) => it.type === 'Ready' && it.status === 'True');
  return ready === true && pod.metadata.deletionTimestamp === undefined;
}

/** Names of the nodes with a pod that is to stay, sorted. */
export function nodesWithPod(snapshot: Snapshot, name: string): string[] {
  const staying = podsOf(snapshot, name).filter((it) => !it.metadata.deletionTimestamp);
  return staying.map((pod) => pod.spec.nodeName ?? '(none)').sort();
}

export function nodesWithoutReadyPod(snapshot: Snapshot, name: string, nodes: string[]): string[] {
  const ready = podsOf(snapshot, name).filter(isReady).map((pod) => pod.spec.nodeName);
  return nodes.filter((node) => !ready.includes(node));
}

/** `maxUnavailable` of a DaemonSet on so many nodes, as the controller resolves it. */
export function budget(set: DaemonSet, nodeCount: number): number {
  const value = set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1;
  if (typeof value === 'number') return value;
  return Math.ceil((Number.parseInt(value, 10) * nodeCount) / 100);
}

/** Everything that a refused manifest must not touch. Time goes on, so pods and events may. */
export function identity(snapshot: Snapshot): unknown {
  const names = (objects: KubernetesObject[]) =>
    objects.map((it) => `${it.metadata.name} ${it.metadata.uid}`).sort();
  return {
    nodes: names(snapshot.nodes),
    pods: names(snapshot.pods),
    controllerRevisions: names(snapshot.controllerRevisions),
    daemonSets: snapshot.daemonSets.map((it) => it.metadata),
  };
}
