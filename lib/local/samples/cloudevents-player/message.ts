/** What became of an event: sent events are SENDING, then SENT or FAILED; those that came are RECEIVED. */
export type MessageType = 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED';

/** An event as `GET /messages` lists it: the fields of the original, and below them those that are only here. */
export interface Message {
  readonly id: string;
  /** When it was sent or came, as RFC 3339 with milliseconds. */
  readonly receivedAt: string;
  readonly subject: string | null;
  /** The `type` of the event. */
  readonly eventType: string;
  readonly source: string;
  readonly extensions: Readonly<Record<string, string | number | boolean>>;
  /** JSON as it is, other text as a string; null if there is none or it is binary. */
  readonly data: unknown;
  readonly type: MessageType;

  /** Tells messages apart, also those of one event. Grows. */
  readonly key: number;
  readonly specversion: string;
  readonly time: string | null;
  readonly datacontenttype: string | null;
  readonly dataschema: string | null;
  /** Binary data in base64, else null. */
  readonly dataBase64: string | null;
  /** Why the broker did not take a FAILED event, else null. */
  readonly failure: string | null;
}

/** The part of a message that the event itself determines. */
export type EventContent = Omit<Message, 'receivedAt' | 'type' | 'key' | 'failure'>;
