import { bridgeName, ownerOf, podName } from '../../../../lib/local/isolate/names';

test('names fit a link, tell their process, and are not taken for others', () => {
  const bridge = bridgeName(4_194_304);
  const pod = podName(bridge, 36 ** 5 - 1);
  expect([bridge, pod, pod.length]).toEqual(['knc-2hwcg', 'knc-2hwcg.zzzzz', 15]);
  expect([bridge, pod].map(ownerOf)).toEqual([4_194_304, 4_194_304]);
  expect(['eth0', 'docker0', 'knc', 'knc-', 'knc-UPPER', 'knc-a.b.c', 'xknc-a'].map(ownerOf)).toEqual(Array(7).fill(undefined));
});
