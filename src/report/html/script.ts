/**
 * What the page can do more with a script: sort, filter and lengthen the table of requests, and name
 * the request below the pointer. It writes texts, never markup, and asks for nothing.
 */
export const script = `
'use strict';
(() => {
  const find = (id) => document.getElementById(id);
  const source = find('requests-data');
  if (!source) return;
  const { outcomes, messages, rows } = JSON.parse(source.textContent);
  const table = find('requests-table');
  const body = table.tBodies[0];
  const controls = find('requests-controls');
  const search = find('requests-search');
  const outcome = find('requests-outcome');
  const more = find('requests-more');
  const step = 200;
  const textColumns = [1, 8];
  let limit = body.rows.length;
  let sorted = rows;

  const readText = (row, column) => {
    const value = row[column];
    if (column === 1) return outcomes[value];
    if (column === 8) return value < 0 ? '' : messages[value];
    if (value === null) return '–';
    return column >= 2 && column <= 5 ? value.toFixed(1) : String(value);
  };
  const addCell = (line, row, column) => {
    const cell = document.createElement(column === 0 ? 'th' : 'td');
    if (column === 0) cell.scope = 'row';
    if (textColumns.includes(column)) {
      cell.append(document.createElement('bdi'));
      cell.firstChild.textContent = readText(row, column);
    } else {
      cell.className = 'number';
      cell.textContent = readText(row, column);
    }
    line.append(cell);
  };
  const show = () => {
    const words = search.value.trim().toLowerCase();
    const found = sorted.filter((row) =>
      (outcome.value === '' || row[1] === Number(outcome.value)) &&
      (words === '' || String(row[0]) === words ||
        (readText(row, 1) + ' ' + readText(row, 8)).toLowerCase().includes(words)));
    const lines = found.slice(0, limit).map((row) => {
      const line = document.createElement('tr');
      for (let column = 0; column < 9; column++) addCell(line, row, column);
      return line;
    });
    body.replaceChildren(...lines);
    const count = Math.min(limit, found.length) + ' of ' + found.length + ' shown';
    find('requests-count').textContent = count;
    table.caption.textContent = 'Measured requests: ' + count;
    more.hidden = found.length <= limit;
  };
  const sortBy = (head, column) => {
    const falling = head.ariaSort === null ? column > 1 : head.ariaSort === 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.ariaSort = falling ? 'descending' : 'ascending';
    const order = (a, b) => {
      if (textColumns.includes(column)) return readText(a, column).localeCompare(readText(b, column));
      return a[column] - b[column];
    };
    sorted = rows.toSorted((a, b) => {
      const missing = (a[column] === null) - (b[column] === null);
      return missing || (falling ? order(b, a) : order(a, b)) || a[0] - b[0];
    });
    show();
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => sortBy(head, column));
    head.replaceChildren(button);
  });
  controls.addEventListener('submit', (event) => event.preventDefault());
  search.addEventListener('input', show);
  outcome.addEventListener('change', show);
  more.addEventListener('click', () => { limit += step; show(); });
  controls.hidden = false;
  more.hidden = rows.length <= limit;

  const box = find('timeline-box');
  if (!box) return;
  const [left, right, top, bottom, width] = box.dataset.plot.split(' ').map(Number);
  const [low, high] = box.dataset.y.split(' ').map(Number);
  const log = box.dataset.kind === 'log';
  const placeX = (ms) => left + (right - left) * ms / Number(box.dataset.x);
  const placeY = (ms) => {
    const share = log ? Math.log(Math.max(ms, low) / low) / Math.log(high / low) : (ms - low) / (high - low);
    return bottom + (top - bottom) * share;
  };
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  document.body.append(tip);
  box.addEventListener('pointerleave', () => { tip.hidden = true; });
  box.addEventListener('pointermove', (event) => {
    const place = box.getBoundingClientRect();
    const unit = width / place.width;
    const [x, y] = [(event.clientX - place.left) * unit, (event.clientY - place.top) * unit];
    let nearest;
    let least = 12;
    for (const row of rows) {
      const distance = Math.hypot(placeX(row[2]) - x, placeY(row[4]) - y);
      if (distance < least) [nearest, least] = [row, distance];
    }
    tip.hidden = nearest === undefined;
    if (nearest === undefined) return;
    tip.textContent = 'request ' + nearest[0] + ', ' + readText(nearest, 1) + ', took ' + readText(nearest, 4) + ' ms';
    tip.style.left = Math.min(event.pageX + 12, document.documentElement.clientWidth - tip.offsetWidth - 4) + 'px';
    tip.style.top = event.pageY + 16 + 'px';
  });
})();
`
