// What is pressed is large enough: 24 px for a pointer, 44 for a finger, in the states of the page.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import { STATES } from '../screens/states.ts';

/** The playhead is taken hold of anywhere in its plot. */
const CONTROLS = 'button, a[href], input, select, textarea, summary, .plot';

/** Controls that answer in less than so many pixels, around their middle, up and across. */
async function tooSmall(page: Page, least: number): Promise<string[]> {
  return page.evaluate(([selector, least]) => {
    const small: string[] = [];
    const seen = new Set<Element>();
    for (const it of document.querySelectorAll<HTMLElement>(selector)) {
      // What has a label around it is pressed by that.
      const target = it.closest('label') ?? it;
      if (seen.has(target) || target.closest('manifest-editor, .sr') !== null) continue;
      seen.add(target);
      if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      target.scrollIntoView({ block: 'center', inline: 'nearest' });
      const box = target.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const answers = (dx: number, dy: number) => {
        const hit = document.elementFromPoint(x + dx, y + dy);
        return target.contains(hit);
      };
      if (!answers(0, 0)) continue; // covered by what is open over it
      const reach = (dx: number, dy: number) => {
        let pixels = 0;
        while (pixels < least && answers(dx * (pixels + 1), dy * (pixels + 1))) pixels += 1;
        return pixels;
      };
      const width = Math.max(box.width, reach(-1, 0) + 1 + reach(1, 0));
      const height = Math.max(box.height, reach(0, -1) + 1 + reach(0, 1));
      if (width < least - 0.5 || height < least - 0.5) {
        const name = target.getAttribute('aria-label') ?? target.textContent?.trim().slice(0, 24);
        small.push(`${target.className || target.tagName} "${name}" ${width}×${height}`);
      }
    }
    return small;
  }, [CONTROLS, least] as const);
}

// A mouse, a phone, a tablet, and a phone on its side.
const SCREENS = [[1440, 900, 24], [390, 844, 44], [1180, 820, 44], [844, 390, 44]] as const;

for (const [width, height, least] of SCREENS) {
  test.describe(`${width} pixels wide`, () => {
    const isPhone = width < 700;
    const isTouched = least === 44;
    test.use({ viewport: { width, height }, hasTouch: isTouched, isMobile: isTouched });
    const kind = isPhone ? 'phone' : 'desk';
    // On a phone that lies on its side the manifest is folded away: there is nothing to write in.
    const isThere = (name: string) => width !== 844 || !/^(pending|error-in-manifest)$/.test(name);
    const here = STATES.filter((it) => it.only === undefined || it.only === kind);
    for (const state of here.filter((it) => isThere(it.name))) {
      test(`everything can be hit: ${state.name}`, async ({ playground, page }) => {
        await state.prepare(playground, page);
        await page.evaluate(async () => {
          // What opens grows.
          const short = document.getAnimations().filter((it) => it instanceof CSSAnimation
            && it.effect?.getComputedTiming().iterations === 1);
          await Promise.allSettled(short.map((it) => it.finished));
        });
        expect(await tooSmall(page, least)).toEqual([]);
      });
    }
  });
}
