import type { Locator, Page, Request } from 'playwright-core';

/** Where the window that is shown has its answer. */
export const resultOf = (page: Page): Locator =>
  page.locator('app-query-result').locator('visible=true');

export const queryOf = (page: Page): Locator =>
  page.locator('app-query-editor .cm-content').locator('visible=true').first();

/** Sends what the window that is shown has; a subscription's button has another name. */
export const send = (page: Page): Promise<void> =>
  page
    .getByRole('button', { name: /Send Request|Run subscription/ })
    .locator('visible=true')
    .click();

export const windowNames = (page: Page): Promise<string[]> =>
  page.locator('.window-switcher__input').allInnerTexts();

/** Shows one of the windows that the page begins with. */
export const showWindow = (page: Page, name: string): Promise<void> =>
  page.locator('.window-switcher__input').getByText(name).click();

/** Whether a request posts the operation with this name. */
export const isOperation = (name: string) => (request: Request) =>
  request.method() === 'POST' && request.postDataJSON().operationName === name;
