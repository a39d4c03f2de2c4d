import { showBeginning } from './beginning.ts';
import { maskEmail } from './email.ts';

/** te***; an e-mail address as an id is masked as an e-mail address. */
export const maskLoginId = (text: string): string => (text.includes('@') ? maskEmail(text) : showBeginning(text));
