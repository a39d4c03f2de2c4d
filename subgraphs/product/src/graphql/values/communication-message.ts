import { noticeText } from '../../domain/notice-texts.ts';
import type { CommunicationMessageResolvers } from '../generated/resolver-types.ts';

export const CommunicationMessage: CommunicationMessageResolvers = {
  sentTime: ({ sentAt }) => sentAt,
  subject: ({ order }, _args, { locale }) => noticeText(order, locale).subject,
  content: ({ order }, _args, { locale }) => noticeText(order, locale).content,
  productOrder: ({ order }) => order,
};
