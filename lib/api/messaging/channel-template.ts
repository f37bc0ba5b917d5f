import { type FieldError, missingField, withRemedy } from '../../base';
import type { ChannelTemplateSpec } from '../generated/types';

/** What is wrong with the kind of channel that is to be made; the errors' path is that of the object that has it. */
export function channelTemplateErrors(template: ChannelTemplateSpec | undefined): FieldError[] {
  if (!template) {
    return [withRemedy(missingField('channelTemplate'), 'Name a kind of channel: the installation has no default.')];
  }
  return (['kind', 'apiVersion'] as const)
    .filter((part) => !template[part])
    .map((part) => missingField(`channelTemplate.${part}`));
}
