#!/usr/bin/env python3
"""Uses reports in Chromium as a reader would, with the keyboard, and says what does not work.

    check_report.py REPORT.html... [--screenshots DIR]

Needs chromium, chromedriver and the packages of requirements.txt.
"""

import argparse
import pathlib
import sys
import time

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PHONE = (320, 640)
DESKTOP = (1280, 900)
# As in the page's script.
MOST_ROWS = 250
# Seconds for a word typed into a filter; generous, since the machine may be busy.
LONGEST_WAIT = 10


class Failure(Exception):
    """What does not work."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def start():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                     "--disable-dev-shm-usage", "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))


def resize(driver, size):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})


def media(driver, kind="screen", scheme="light"):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "media": kind, "features": [{"name": "prefers-color-scheme", "value": scheme}]})


def background(driver):
    return driver.execute_script("return getComputedStyle(document.body).backgroundColor")


def check_quiet(driver):
    """Neither an error on the console nor anything fetched besides the file itself."""
    bad = [e for e in driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
    expect(not bad, f"console: {bad}")
    for entry in driver.get_log("performance"):
        message = entry["message"]
        expect('"url":"http' not in message or "Network.requestWillBeSent" not in message,
               f"network: {message[:300]}")


def check_ids(driver):
    ids = driver.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    expect(len(ids) == len(set(ids)), "an id is there twice")
    dangling = driver.execute_script(
        "return [...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash.slice(1))"
        ".filter(id => !document.getElementById(id))")
    expect(not dangling, f"links to nowhere: {dangling[:3]}")


def column(driver, table, index):
    return driver.execute_script(
        "return [...arguments[0].tBodies[0].rows].map(r => r.cells[arguments[1]])"
        ".map(c => 'none' in c.dataset ? null"
        " : 'v' in c.dataset ? Number(c.dataset.v) : c.textContent)", table, index)


def check_sorting(driver):
    for table in driver.find_elements(By.TAG_NAME, "table"):
        heads = table.find_elements(By.CSS_SELECTOR, "th[scope=col]")
        for index, head in enumerate(heads):
            if "n" not in (head.get_attribute("class") or "").split():
                continue
            before = column(driver, table, index)
            if not all(v is None or isinstance(v, (int, float)) for v in before):
                continue
            button = head.find_element(By.TAG_NAME, "button")
            # The keyboard, not the mouse.
            button.send_keys(Keys.ENTER)
            expect(head.get_attribute("aria-sort") == "descending", "aria-sort is not descending")
            numbers = [v for v in before if v is not None]
            missing = [None] * (len(before) - len(numbers))
            expect(column(driver, table, index) == sorted(numbers, reverse=True) + missing,
                   "not sorted downwards, or missing cells are not the last")
            button.send_keys(Keys.SPACE)
            expect(head.get_attribute("aria-sort") == "ascending", "aria-sort is not ascending")
            expect(column(driver, table, index) == sorted(numbers) + missing, "not sorted upwards")
            button.send_keys(Keys.ENTER)
            expect(head.get_attribute("aria-sort") == "none", "aria-sort does not go back")
            expect(column(driver, table, index) == before, "the first order does not come back")
            break


def shown_rows(driver, data):
    return driver.execute_script(
        "return [...arguments[0].querySelectorAll('tbody tr')].filter(r => !r.hidden).length", data)


def check_filter(driver):
    for data in driver.find_elements(By.CSS_SELECTOR, ".data"):
        inputs = data.find_elements(By.TAG_NAME, "input")
        if not inputs:
            continue
        rows = driver.execute_script(
            "return [...arguments[0].querySelectorAll('tbody tr')]"
            ".map(r => [...r.cells].map(c => c.textContent).join(' ').toLowerCase())", data)
        word = rows[-1].split()[0]
        expected = sum(word in row for row in rows)
        began = time.monotonic()
        inputs[0].send_keys(word)
        expect(time.monotonic() - began < LONGEST_WAIT, "filtering takes seconds")
        shown = shown_rows(driver, data)
        expect(shown == min(expected, MOST_ROWS), f"filter {word!r}: {shown} rows of {expected}")
        output = data.find_element(By.TAG_NAME, "output").text
        expect(output == f"{expected} of {len(rows)} rows", f"the count says {output!r}")
        inputs[0].send_keys(Keys.CONTROL, "a")
        inputs[0].send_keys(Keys.DELETE)
        expect(shown_rows(driver, data) == min(len(rows), MOST_ROWS), "rows stay hidden")
        more = data.find_element(By.CSS_SELECTOR, "button.more")
        expect(more.is_displayed() == (len(rows) > MOST_ROWS), "no way to see all rows, or needless")
        if more.is_displayed():
            more.send_keys(Keys.ENTER)
            expect(shown_rows(driver, data) == len(rows), "not all rows on request")


def check_charts(driver):
    for chart in driver.find_elements(By.CSS_SELECTOR, "svg"):
        expect(chart.get_attribute("role") == "img", "a chart without role=img")
        for name in ("aria-labelledby", "aria-describedby"):
            target = driver.find_element(By.ID, chart.get_attribute(name))
            expect(target.get_attribute("textContent").strip(), f"{name} leads to nothing")
        marks = chart.find_elements(By.CSS_SELECTOR, "[data-tip]")
        if not marks:
            continue
        driver.execute_script("arguments[0].focus()", chart)
        driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
        shown = driver.find_element(By.CSS_SELECTOR, ".tip")
        expect(shown.is_displayed(), "the arrow key shows nothing")
        first = shown.get_attribute("textContent")
        expect(first == marks[0].get_attribute("data-tip"),
               f"it shows {first!r} instead of {marks[0].get_attribute('data-tip')!r}")
        driver.switch_to.active_element.send_keys(Keys.END)
        expect(shown.get_attribute("textContent") == marks[-1].get_attribute("data-tip"),
               "End does not show the last mark")
        box = shown.rect
        expect(box["x"] >= 0, "what is shown is off the page")
        driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        expect(not shown.is_displayed(), "Escape leaves it")


def check_theme(driver):
    media(driver, scheme="light")
    light = background(driver)
    media(driver, scheme="dark")
    dark = background(driver)
    expect(light != dark, "the reader's dark scheme changes nothing")
    button = driver.find_element(By.CSS_SELECTOR, "button.theme")
    button.send_keys(Keys.ENTER)
    expect(button.text == "Theme: light" and background(driver) == light, "no light on request")
    button.send_keys(Keys.ENTER)
    media(driver, scheme="light")
    expect(button.text == "Theme: dark" and background(driver) == dark, "no dark on request")
    button.send_keys(Keys.ENTER)
    expect(button.text == "Theme: auto" and background(driver) == light, "no way back")


def check_width(driver, size):
    resize(driver, size)
    width = driver.execute_script("return document.scrollingElement.scrollWidth")
    if width > size[0]:
        wide = driver.execute_script(
            "return [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll'))"
            ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".map(e => e.tagName + '.' + e.className).slice(0, 5)")
        raise Failure(f"at {size[0]} px the page is {width} px wide: {wide}")


def check_deep_links(driver, address):
    parts = driver.find_elements(By.CSS_SELECTOR, "details")
    if not parts:
        return
    last = parts[-1].get_attribute("id")
    driver.get("about:blank")
    driver.get(f"{address}#{last}")
    expect(driver.find_element(By.ID, last).get_attribute("open"), "a deep link opens nothing")


def check_print(driver):
    closed = "return document.querySelectorAll('details:not([open])').length"
    before = driver.execute_script(closed)
    media(driver, "print")
    time.sleep(0.3)
    expect(driver.execute_script(closed) == 0, "details stay closed in print")
    for selector in ("nav", "button.theme", ".tools input"):
        for element in driver.find_elements(By.CSS_SELECTOR, selector):
            expect(not element.is_displayed(), f"{selector} is printed")
    pdf = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    expect(len(pdf["data"]) > 1000, "nothing is printed")
    media(driver)
    time.sleep(0.3)
    expect(driver.execute_script(closed) == before, "details stay open after print")


def screenshot(driver, folder, name, height=None):
    if folder is None:
        return
    if height == "whole":
        size = driver.execute_script(
            "return [innerWidth, document.documentElement.scrollHeight]")
        resize(driver, (size[0], min(size[1], 12000)))
    driver.execute_script("scrollTo(0, 0)")
    driver.save_screenshot(str(folder / f"{name}.png"))


def screenshots(driver, folder, stem):
    for scheme in ("light", "dark"):
        resize(driver, DESKTOP)
        media(driver, scheme=scheme)
        screenshot(driver, folder, f"{stem}-{scheme}", "whole")
    media(driver)
    resize(driver, PHONE)
    screenshot(driver, folder, f"{stem}-phone", "whole")
    resize(driver, (794, 1123))
    media(driver, "print")
    time.sleep(0.3)
    screenshot(driver, folder, f"{stem}-print", "whole")
    media(driver)


def check(driver, path, folder):
    address = path.resolve().as_uri()
    resize(driver, DESKTOP)
    media(driver)
    driver.get(address)
    check_ids(driver)
    opened = driver.execute_script(
        "const closed = [...document.querySelectorAll('details:not([open])')];"
        "closed.forEach(d => d.open = true); return closed")
    check_sorting(driver)
    check_filter(driver)
    check_charts(driver)
    driver.execute_script("arguments[0].forEach(d => d.open = false)", opened)
    check_theme(driver)
    check_print(driver)
    for size in (DESKTOP, (768, 1024), PHONE):
        check_width(driver, size)
    resize(driver, DESKTOP)
    check_deep_links(driver, address)
    check_quiet(driver)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        driver.get(address)
        screenshots(driver, folder, path.stem)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", nargs="+", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    driver = start()
    failures = 0
    try:
        for path in arguments.reports:
            try:
                check(driver, path, arguments.screenshots)
                print(f"{path}: works")
            except Failure as failure:
                failures += 1
                print(f"{path}: {failure}")
    finally:
        driver.quit()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
