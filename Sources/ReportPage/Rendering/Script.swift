/// What the page does on its own: theme, sorting, filtering, pointing at marks, opening what a link leads
/// to. It holds no data, so no name ever gets into it; without it everything can still be read.
enum Script {
  static let text = #"""
    (() => {
    'use strict';
    const all = (selector, root = document) => [...root.querySelectorAll(selector)];

    // Theme: for as long as the page is open.
    const themes = ['auto', 'light', 'dark'];
    const toggle = document.querySelector('button.theme');
    toggle.hidden = false;
    toggle.addEventListener('click', () => {
      const root = document.documentElement;
      const now = themes.indexOf(root.dataset.theme || 'auto');
      root.dataset.theme = themes[(now + 1) % themes.length];
      toggle.textContent = 'Theme: ' + root.dataset.theme;
    });

    // Tables. Of many rows only the first are laid out until all are asked for.
    const most = 250;
    const collator = new Intl.Collator('en', {numeric: true});
    const key = (row, column) => {
      const cell = row.cells[column];
      if (!cell || 'none' in cell.dataset) return null;
      return 'v' in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
    };
    const compare = (a, b) => {
      const [x, y] = [typeof a === 'number', typeof b === 'number'];
      if (x !== y) return x ? -1 : 1;
      return x ? a - b : collator.compare(a, b);
    };
    const sorted = (rows, column, direction) => {
      if (direction === 'none') return rows;
      const sign = direction === 'descending' ? -1 : 1;
      const keyed = rows.map((row, index) => ({row, index, key: key(row, column)}));
      keyed.sort((a, b) => {
        if (a.key === null || b.key === null) {
          return (a.key === null) - (b.key === null) || a.index - b.index;
        }
        return sign * compare(a.key, b.key) || a.index - b.index;
      });
      return keyed.map(entry => entry.row);
    };
    let isPrinting = false;
    const refreshes = all('.data').map(data => {
      const body = data.querySelector('tbody');
      const heads = all('th[scope=col]', data);
      const rows = [...body.rows];
      const input = data.querySelector('input');
      const output = data.querySelector('output');
      const more = data.querySelector('button.more');
      let [order, texts, isWhole] = [rows, null, rows.length <= most];
      const refresh = () => {
        const words = (input?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
        if (words.length) {
          texts ??= new Map(rows.map(row =>
            [row, [...row.cells].map(cell => cell.textContent).join(' ').toLowerCase()]));
        }
        let [found, shown] = [0, 0];
        for (const row of order) {
          const isFound = words.every(word => texts.get(row).includes(word));
          if (isFound) found += 1;
          row.hidden = !isFound || !(isWhole || isPrinting || found <= most);
          if (!row.hidden) shown += 1;
        }
        if (!output) return;
        output.textContent = words.length
          ? `${found} of ${rows.length} rows` : `${rows.length} rows`;
        more.hidden = shown === found;
        more.textContent = `Show all ${found}`;
      };
      heads.forEach((head, column) => {
        // Figures are asked for from the greatest on, names from A on.
        const ways = head.classList.contains('n')
          ? ['none', 'descending', 'ascending'] : ['none', 'ascending', 'descending'];
        head.querySelector('button').addEventListener('click', () => {
          const now = ways.indexOf(head.getAttribute('aria-sort'));
          const way = ways[(now + 1) % ways.length];
          order = sorted(rows, column, way);
          const content = document.createDocumentFragment();
          content.append(...order);
          body.append(content);
          for (const other of heads) other.setAttribute('aria-sort', other === head ? way : 'none');
          refresh();
        });
      });
      if (input) {
        input.parentElement.hidden = false;
        input.addEventListener('input', refresh);
        more.addEventListener('click', () => {
          isWhole = true;
          refresh();
          data.querySelector('.scroll').focus();
        });
      }
      refresh();
      return refresh;
    });

    // Marks of charts: the pointer, or the arrow keys while the chart has the focus.
    const tip = document.querySelector('.tip');
    let active = null;
    const show = mark => {
      active?.classList.remove('on');
      active = mark;
      tip.hidden = !mark;
      if (!mark) return;
      mark.classList.add('on');
      tip.textContent = mark.dataset.tip;
    };
    const place = (x, y) => {
      const {width, height} = tip.getBoundingClientRect();
      const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
      tip.style.left = Math.max(4, Math.min(left, innerWidth - width - 4)) + 'px';
      tip.style.top = (y + 18 + height > innerHeight ? Math.max(4, y - 10 - height) : y + 18) + 'px';
    };
    const centre = mark => {
      const box = mark.getBoundingClientRect();
      return {x: box.left + box.width / 2, y: box.top + box.height / 2};
    };
    const steps = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    };
    // The nearest mark in a direction; off the straight line counts more.
    const neighbour = (marks, from, [dx, dy]) => {
      const start = centre(from);
      let best = null, least = Infinity;
      for (const mark of marks) {
        const end = centre(mark);
        const along = (end.x - start.x) * dx + (end.y - start.y) * dy;
        const across = Math.abs((end.x - start.x) * dy) + Math.abs((end.y - start.y) * dx);
        if (along > 1 && along + 4 * across < least) [best, least] = [mark, along + 4 * across];
      }
      return best;
    };
    for (const svg of all('svg[role=img]')) {
      const marks = all('[data-tip]', svg);
      if (!marks.length) { svg.removeAttribute('tabindex'); continue; }
      svg.addEventListener('pointermove', event => {
        show(event.target.closest('[data-tip]'));
        if (active) place(event.clientX, event.clientY);
      });
      svg.addEventListener('pointerleave', () => show(null));
      svg.addEventListener('blur', () => show(null));
      svg.addEventListener('keydown', event => {
        if (event.key === 'Escape') return show(null);
        const step = steps[event.key];
        const index = marks.indexOf(active);
        let next = null;
        if (event.key === 'Home' || (step && index < 0)) next = marks[0];
        else if (event.key === 'End') next = marks[marks.length - 1];
        else if (step && 'grid' in svg.dataset) next = neighbour(marks, active, step) || active;
        else if (step) next = marks[index + step[0] + step[1]] || active;
        if (!next) return;
        event.preventDefault();
        show(next);
        next.scrollIntoView({block: 'nearest', inline: 'nearest'});
        const {x, y} = centre(next);
        place(x, y);
      });
    }
    addEventListener('scroll', event => {
      if (!active?.ownerSVGElement.matches(':focus')) show(null);
    }, {passive: true});

    // Deep links.
    const reveal = () => {
      let id = location.hash.slice(1);
      try { id = decodeURIComponent(id); } catch { return; }
      const target = id && document.getElementById(id);
      if (!target) return;
      for (let part = target; part; part = part.parentElement) {
        if (part.tagName === 'DETAILS') part.open = true;
      }
      target.scrollIntoView();
      if (target.tagName === 'DETAILS') target.querySelector('summary').focus();
    };
    addEventListener('hashchange', reveal);
    reveal();

    // Paper has everything open.
    let opened = [];
    const unfold = () => {
      if (isPrinting) return;
      isPrinting = true;
      refreshes.forEach(refresh => refresh());
      opened = all('details:not([open])');
      for (const details of opened) details.open = true;
    };
    const fold = () => {
      isPrinting = false;
      refreshes.forEach(refresh => refresh());
      for (const details of opened) details.open = false;
      opened = [];
    };
    addEventListener('beforeprint', unfold);
    addEventListener('afterprint', fold);
    matchMedia('print').addEventListener('change', event => event.matches ? unfold() : fold());
    })();
    """#
}
