/** All exercises with a check, by id: the notebook and the number of the exercise in it. */
import type { Exercise } from './exercise';
import { figure01 } from './figure01';
import { figure02 } from './figure02';
import { figure03 } from './figure03';
import { figure04 } from './figure04';
import { figure05 } from './figure05';
import { figure06 } from './figure06';
import { figure07 } from './figure07';
import { figure08 } from './figure08';
import { figure09 } from './figure09';
import { figure10 } from './figure10';
import { figure11 } from './figure11';
import { figure12 } from './figure12';
import { figure13 } from './figure13';
import { figure14 } from './figure14';
import { lesson01 } from './lesson01';
import { lesson02 } from './lesson02';
import { lesson03 } from './lesson03';
import { lesson04 } from './lesson04';
import { lesson05 } from './lesson05';
import { lesson06 } from './lesson06';
import { lesson07 } from './lesson07';
import { theory } from './theory';

export const exercises: Readonly<Record<string, Exercise>> = {
  ...figure01,
  ...figure02,
  ...figure03,
  ...figure04,
  ...figure05,
  ...figure06,
  ...figure07,
  ...figure08,
  ...figure09,
  ...figure10,
  ...figure11,
  ...figure12,
  ...figure13,
  ...figure14,
  ...lesson01,
  ...lesson02,
  ...lesson03,
  ...lesson04,
  ...lesson05,
  ...lesson06,
  ...lesson07,
  ...theory,
};
