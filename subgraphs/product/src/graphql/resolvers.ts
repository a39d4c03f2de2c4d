import { Customer } from './entities/customer.ts';
import { Line } from './entities/line.ts';
import { ProductOffering } from './entities/product-offering.ts';
import { ProductOrder } from './entities/product-order.ts';
import { Product } from './entities/product.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { checkProductOfferingQualification } from './mutations/check-product-offering-qualification.ts';
import { createProductOrder } from './mutations/create-product-order.ts';
import { settleProductOrder } from './mutations/settle-product-order.ts';
import { heldProductOrders } from './queries/held-product-orders.ts';
import { line } from './queries/line.ts';
import { productChangeMenu } from './queries/product-change-menu.ts';
import { productOffering } from './queries/product-offering.ts';
import { productOfferings } from './queries/product-offerings.ts';
import { productOrder } from './queries/product-order.ts';
import { CommunicationMessage } from './values/communication-message.ts';
import { Contract } from './values/contract.ts';
import { CustomerProfile } from './values/customer-profile.ts';
import { Freshness } from './values/freshness.ts';
import { HeldProductOrder } from './values/held-product-order.ts';
import { KosCall } from './values/kos-call.ts';
import { PreCheck } from './values/pre-check.ts';
import { ProductOfferingQualification } from './values/product-offering-qualification.ts';

/** Who answers what; the scalars are the server's. */
export const resolvers: Omit<Resolvers, 'DateTime'> = {
  Query: { productOfferings, productOffering, productOrder, heldProductOrders, productChangeMenu, line },
  Mutation: { checkProductOfferingQualification, createProductOrder, settleProductOrder },
  Customer,
  CustomerProfile,
  CommunicationMessage,
  Line,
  Product,
  Contract,
  ProductOffering,
  ProductOfferingQualification,
  PreCheck,
  ProductOrder,
  HeldProductOrder,
  KosCall,
  Freshness,
};
