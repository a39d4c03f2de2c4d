export { endOfDay, startOfDay } from './seoul-day.ts';
