import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { defineAsyncComponent } from 'vue';
import './style.css';

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    // The layout of one page, which alone loads it.
    app.component(
      'playground',
      defineAsyncComponent(() => import('../../try/TryPage.vue')),
    );
  },
};

export default theme;
