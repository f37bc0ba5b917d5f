const USER = /\/\/[^\s/?#@]*@/g;
const PARAMETER =
  /([?&;](?:[^=&;\s#]*[._-])?(?:access|api|auth|code|credential|key|pass|pwd|secret|sig|sas|token)[^=&;\s#]*=)[^&;\s#"']+/gi;

/** A text of which URLs tell neither their user and password nor parameters that are named as secrets are. */
export function redacted(text: string): string {
  if (!text.includes('@') && !text.includes('=')) return text;
  return text.replace(USER, '//***@').replace(PARAMETER, '$1***');
}
