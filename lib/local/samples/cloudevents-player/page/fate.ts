import type { Message } from '../message';

/** What became of an event, as the page tells it. */
export interface Fate {
  /** Beside the words, never instead of them. */
  readonly icon: string;
  readonly label: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'wait';
  readonly note: string;
}

/** Whether `message` is `sent` on its way back. */
export function isReturnOf(message: Message, sent: Message): boolean {
  return message.type === 'RECEIVED' && message.key > sent.key && message.id === sent.id && message.source === sent.source;
}

/** @param patient whether it is too early to say that nothing comes back */
export function fateOf(message: Message, all: Iterable<Message>, patient: boolean): Fate {
  switch (message.type) {
    case 'SENDING':
      return { icon: '…', label: 'Sending', tone: 'wait', note: '' };
    case 'FAILED':
      return { icon: '✕', label: 'Not taken', tone: 'bad', note: message.failure ?? 'The broker did not take it.' };
    case 'RECEIVED':
      return { icon: '↓', label: 'Received', tone: 'good', note: '' };
    case 'SENT':
      return fateOfSent(message, all, patient);
  }
}

function fateOfSent(message: Message, all: Iterable<Message>, patient: boolean): Fate {
  const returns = [...all].filter((one) => isReturnOf(one, message)).sort((a, b) => a.key - b.key);
  const [first] = returns;
  if (first) {
    const after = `after ${Math.max(0, Date.parse(first.receivedAt) - Date.parse(message.receivedAt))} ms`;
    const note = returns.length === 1 ? `It came back ${after}.` : `It came back ${returns.length} times, first ${after}.`;
    return { icon: '✓', label: 'Sent, came back', tone: 'good', note };
  }
  if (patient) return { icon: '↑', label: 'Sent', tone: 'wait', note: 'The broker took it. Waiting for it to come back.' };
  const note =
    'The broker took it. It comes back only if a Trigger of that broker has this service as its subscriber and a filter that lets it pass.';
  return { icon: '!', label: 'Sent, nothing came back', tone: 'warn', note };
}
