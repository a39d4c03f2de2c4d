import { z } from 'zod';
import type { LineStanding } from '../line-standing.ts';
import { isOnSale, plans, UNLIMITED, type Plan } from '../plans.ts';
import { answerWith } from '../result-codes.ts';
import type { Operation } from './operation.ts';

const asked = z.object({ operatorCode: z.string().optional() });

/** Despite the path, plans no longer sold are listed too: their subscribers need a name for what they have. */
export function createProductList(standing: LineStanding): Operation<z.infer<typeof asked>> {
  return {
    name: 'products',
    method: 'GET',
    path: '/kos/products/available',
    asked,
    perform({ operatorCode }) {
      const listed = plans.filter((plan) => operatorCode === undefined || plan.operatorCode === operatorCode);
      return answerWith('0000', { products: listed.map((plan) => productOf(plan, standing.today())) });
    },
  };
}

function productOf(plan: Plan, today: string) {
  return {
    productCode: plan.productCode,
    productName: plan.productName,
    productType: plan.productType,
    networkType: plan.networkType,
    monthlyFee: plan.monthlyFeeWon,
    dataLimit: plan.dataLimitMb,
    voiceLimit: plan.voiceLimitMinutes,
    smsLimit: plan.smsLimit,
    saleStatus: isOnSale(plan, today) ? 'ON_SALE' : 'ENDED',
    saleStartDate: plan.soldFrom,
    saleEndDate: plan.soldUntil,
    operatorCode: plan.operatorCode,
    description: descriptionOf(plan),
  };
}

function descriptionOf({ dataLimitMb, voiceLimitMinutes, smsLimit }: Plan): string {
  const gigabytes = Number((dataLimitMb / 1024).toFixed(1));
  const words = [
    dataLimitMb === UNLIMITED
      ? '데이터 무제한'
      : `데이터 ${dataLimitMb < 1024 ? `${dataLimitMb}MB` : `${gigabytes}GB`}`,
    voiceLimitMinutes === UNLIMITED ? '음성 무제한' : `음성 ${voiceLimitMinutes}분`,
    smsLimit === UNLIMITED ? '문자 무제한' : `문자 ${smsLimit}건`,
  ];
  return words.join(', ');
}
