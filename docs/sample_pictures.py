"""Draw the pictures of the sample site: ``python docs/sample_pictures.py``.

Flat colours and gradients keep the files small.
"""

import math
import random
from collections.abc import Callable
from pathlib import Path

from canvas import HEIGHT, WIDTH, Canvas, dashes, ridge, spin, wobble

FOLDER = Path(__file__).resolve().parent.parent / "feedpub" / "sample" / "articles"


def draw_paper_plane() -> Canvas:
    canvas = Canvas("#23355f", "#d9788a", "#ffd9a0")
    canvas.glow(690, 430, 130, "#fff1c9", 0.9)
    canvas.disc(690, 430, 62, "#fff3d6")
    for height, colour, shift in (
        (430, "#9a5a7d", 0.4), (480, "#6d4470", 2.1), (530, "#412f5a", 4.0), (572, "#261f44", 5.2)
    ):  # fmt: skip
        canvas.area(ridge(height, 26, 1.2, shift), colour)
    trail = [(x, 430 - 0.00062 * (x - 30) ** 2 + 34 * math.sin(x / 62)) for x in range(40, 400, 9)]
    for piece in dashes(trail):
        canvas.line(piece, "#ffffffb0", 3)
    nose, tail = (655, 130), (385, 275)
    canvas.area([nose, tail, (490, 312)], "#ffffff")
    canvas.area([nose, (490, 312), (503, 395)], "#a9b4d6")
    canvas.area([nose, (503, 395), (541, 331)], "#7d8bbb")
    canvas.area([nose, (527, 325), (622, 356)], "#e6eaf7")
    return canvas


def draw_epoch() -> Canvas:
    canvas = Canvas("#101736", "#27336b", "#5f5b9c")
    stars = random.Random(1970)
    for _ in range(70):
        canvas.disc(
            stars.uniform(0, WIDTH), stars.uniform(0, 600), stars.uniform(0.8, 2), "#ffffff90"
        )
    x, y = 480, 312
    canvas.glow(x, y, 220, "#f7b267", 0.55)
    canvas.disc(x, y, 212, "#fbf1dd")
    canvas.ring(x, y, 212, "#d98f4e", 9)
    canvas.ring(x, y, 178, "#e7d3ae", 2)
    for tick in range(60):
        long = tick % 5 == 0
        ends = [spin(x, y, r, tick * 6 - 90) for r in ((160 if long else 184), 196)]
        canvas.line(ends, "#3b3561" if long else "#b9a98d", 6 if long else 2)
    canvas.area([(x, y), *(spin(x, y, 150, d) for d in range(-90, -65, 4))], "#d9593d66")
    canvas.line([(x, y + 28), (x, y - 150)], "#3b3561", 8)
    canvas.line([(x, y + 18), (x, y - 98)], "#3b3561", 14)
    canvas.line([spin(x, y, 40, 114), spin(x, y, 168, -66)], "#d9593d", 4)
    canvas.disc(x, y, 13, "#d9593d")
    return canvas


def draw_boxes() -> Canvas:
    canvas = Canvas("#fbe9cf", "#f3cfa2")
    canvas.area([(0, 470), (WIDTH, 440), (WIDTH, HEIGHT), (0, HEIGHT)], "#d9a06a")
    canvas.slab(120, 330, 190, 170, "#b9753f", 4)
    canvas.slab(120, 330, 190, 26, "#a2632f", 4)
    canvas.slab(196, 330, 34, 170, "#e8c48f80")
    canvas.slab(690, 250, 170, 245, "#c98a50", 4)
    canvas.slab(690, 250, 170, 24, "#ae7038", 4)
    canvas.slab(758, 250, 32, 245, "#e8c48f80")
    _draw_cat(canvas, "#2f2a3c")
    return canvas


def _draw_cat(canvas: Canvas, body: str) -> None:
    canvas.disc(480, 318, 106, body)
    for side in (-1, 1):
        canvas.area([(480 + side * 104, 292), (480 + side * 96, 176), (480 + side * 22, 224)], body)
        canvas.area(
            [(480 + side * 88, 268), (480 + side * 84, 206), (480 + side * 42, 232)], "#e79a8c"
        )
        canvas.disc(480 + side * 42, 312, 25, "#ffd95a")
        canvas.oval((474 + side * 42, 292), (486 + side * 42, 332), "#17131f")
        for tilt in (-9, 0, 9):
            canvas.line(
                [(480 + side * 46, 352 + tilt / 3), (480 + side * 158, 344 + tilt * 2)],
                "#fff6e6",
                2,
            )
    canvas.area([(470, 338), (490, 338), (480, 350)], "#e79a8c")
    canvas.area([(350, 372), (610, 372), (650, 540), (310, 540)], "#c6834a")
    canvas.area([(350, 372), (300, 428), (246, 402), (318, 352)], "#dba468")
    canvas.area([(610, 372), (660, 428), (714, 402), (642, 352)], "#dba468")
    canvas.area([(460, 372), (500, 372), (506, 540), (454, 540)], "#e8c48f90")
    for x in (398, 530):
        canvas.slab(x, 352, 44, 40, body, 20)


def draw_rooftop() -> Canvas:
    canvas = Canvas("#3f4c86", "#e8787a", "#ffcf8f")
    canvas.glow(300, 420, 150, "#fff0c0", 0.9)
    canvas.disc(300, 418, 54, "#fff2cf")
    city = random.Random(7)
    for base, colour in ((300, "#b26a8a"), (350, "#7b4c7b")):
        x = -20
        while x < WIDTH:
            width = city.randint(44, 104)
            canvas.slab(x, base + city.randint(0, 110), width, 400, colour)
            x += width + city.randint(0, 14)
    canvas.slab(0, 480, WIDTH, 120, "#332848")
    canvas.slab(0, 472, WIDTH, 14, "#46365d")
    for x, y, wide in ((180, 532, 130), (470, 556, 190), (800, 526, 110)):
        canvas.oval((x - wide, y - 13), (x + wide, y + 13), "#e58a7d")
        canvas.oval((x - wide * 0.7, y - 7), (x + wide * 0.5, y + 6), "#ffc791")
    _draw_tank(canvas)
    _draw_washing(canvas)
    return canvas


def _draw_tank(canvas: Canvas) -> None:
    for x in (716, 796):
        canvas.line([(x, 486), (x, 330)], "#241b38", 8)
    canvas.line([(712, 470), (800, 350)], "#241b38", 4)
    canvas.slab(690, 216, 132, 124, "#2c2142", 8)
    canvas.area([(680, 220), (832, 220), (756, 166)], "#241b38")


def _draw_washing(canvas: Canvas) -> None:
    rope = [(x, 300 + 0.00042 * (x - 360) ** 2 * -1 + 34) for x in range(60, 700, 16)]
    canvas.line([(60, 486), (60, 290)], "#241b38", 6)
    canvas.line(rope, "#241b38", 2)
    for x, width, height, colour in (
        (150, 70, 92, "#fff3df"),
        (250, 56, 70, "#f2b84b"),
        (360, 84, 104, "#7fb7be"),
        (490, 60, 84, "#fff3df"),
    ):
        y = 334 - 0.00042 * (x + width / 2 - 360) ** 2
        canvas.area(
            [(x, y), (x + width, y), (x + width - 5, y + height), (x + 8, y + height - 6)], colour
        )


def draw_rain() -> Canvas:
    canvas = Canvas("#2b4257", "#5c7f92", "#a9c3c6")
    drops = random.Random(4)
    for _ in range(150):
        x, y, long = drops.uniform(-60, WIDTH), drops.uniform(-40, 560), drops.uniform(18, 46)
        canvas.line([(x, y), (x + long * 0.28, y + long)], "#e6f1f252", 2)
    canvas.oval((180, 520), (780, 590), "#24394a")
    canvas.dome((230, 130), (730, 570), "#d8493f")
    for left, right, colour in ((313, 647, "#b83a35"), (397, 563, "#e76a58")):
        canvas.dome((left, 130), (right, 570), colour)
    for index in range(6):
        x = 230 + index * 500 / 6
        canvas.dome((x, 330), (x + 500 / 6, 372), "#5f8091")
    canvas.line([(480, 336), (480, 520)], "#f3e3c5", 8)
    canvas.arc(456, 518, 28, (0, 180), "#f3e3c5", 8)
    canvas.line([(480, 130), (480, 106)], "#f3e3c5", 8)
    for x, y, wide in (
        (210, 566, 40),
        (690, 556, 52),
        (480, 580, 34),
        (860, 580, 30),
        (90, 548, 26),
    ):
        corner, opposite = (x - wide, y - wide / 4), (x + wide, y + wide / 4)
        canvas.oval(corner, opposite, outline="#dcebec90", width=2)
    return canvas


def draw_bicycle() -> Canvas:
    canvas = Canvas("#86b6cf", "#f7d9b8", "#ffb27a")
    canvas.glow(660, 330, 120, "#fff4cf", 0.95)
    canvas.disc(660, 330, 70, "#ff9a4d")
    canvas.slab(0, 372, WIDTH, 110, "#6f9fb0")
    for y, x, wide in (
        (392, 590, 150),
        (410, 610, 104),
        (428, 600, 132),
        (446, 630, 70),
        (462, 612, 92),
    ):
        canvas.slab(x, y, wide, 7, "#ffc38c", 3)
    canvas.slab(0, 262, WIDTH, 20, "#45586f")
    for x in range(-130, WIDTH, 218):
        canvas.arch((x, 282), (x + 218, 520), "#45586f", 13)
        canvas.slab(x - 13, 282, 26, 104, "#45586f")
    canvas.area([(0, 462), (WIDTH, 478), (WIDTH, HEIGHT), (0, HEIGHT)], "#3c4556")
    for x in range(20, WIDTH, 120):
        canvas.slab(x, 556, 66, 7, "#f5e6c4a0", 3)
    _draw_wheels_and_frame(canvas)
    return canvas


def _draw_wheels_and_frame(canvas: Canvas) -> None:
    back, front, pedal, seat, bar = (262, 462), (462, 462), (344, 462), (316, 372), (432, 366)
    for hub in (back, front):
        canvas.ring(*hub, 68, "#1d2230", 9)
        for spoke in range(0, 360, 30):
            canvas.line([hub, spin(*hub, 62, spoke)], "#1d223080", 1.5)
        canvas.disc(*hub, 8, "#1d2230")
    for frame in ([back, pedal, seat, back], [seat, bar, pedal], [bar, front]):
        canvas.line(frame, "#c8392f", 9)
    canvas.line([seat, (309, 350)], "#1d2230", 8)
    canvas.slab(280, 342, 60, 13, "#1d2230", 6)
    canvas.line([bar, (426, 340), (462, 330), (474, 346)], "#1d2230", 8)
    canvas.disc(*pedal, 15, "#1d2230")
    canvas.slab(440, 362, 66, 44, "#d8a35c", 6)


def draw_letter() -> Canvas:
    canvas = Canvas("#1f4d4a", "#123432")
    canvas.glow(300, 120, 260, "#f6d58a", 0.35)
    canvas.area([(232, 176), (770, 138), (806, 470), (262, 506)], "#0b232280")
    canvas.area([(222, 158), (760, 120), (796, 452), (252, 488)], "#fbf3e1")
    steps = 22
    for index in range(steps):
        colour = ("#c8473c", "#fbf3e1", "#3d6ea8", "#fbf3e1")[index % 4]
        for (x0, y0), (x1, y1), slope in (
            ((222, 158), (760, 120), 18),
            ((251, 470), (795, 434), 18),
        ):
            a, b = index / steps, (index + 0.92) / steps
            ax, ay, bx, by = (
                x0 + (x1 - x0) * a,
                y0 + (y1 - y0) * a,
                x0 + (x1 - x0) * b,
                y0 + (y1 - y0) * b,
            )
            canvas.area([(ax, ay), (bx, by), (bx - 8, by + slope), (ax - 8, ay + slope)], colour)
    canvas.line([(222, 172), (512, 330), (762, 136)], "#dccba6", 3)
    canvas.disc(512, 326, 46, "#a8322b")
    canvas.disc(510, 322, 36, "#c8473c")
    canvas.area([(488, 332), (536, 304), (514, 344), (508, 330)], "#f6d9c8")
    for y, wide in ((398, 150), (416, 110)):
        canvas.slab(330, y, wide, 5, "#c9b78f", 2)
    canvas.area([(842, 96), (862, 106), (720, 540), (704, 546), (706, 528)], "#e0a63c")
    canvas.area([(706, 528), (720, 540), (700, 552)], "#2a2a33")
    return canvas


def draw_interfaces() -> Canvas:
    canvas = Canvas("#f6efe6", "#e9dccb")
    tiles = ("#f4b860", "#5aa9a3", "#e4745f", "#35506b", "#8fb9d0", "#f2d7c4", "#c7a5cf", "#3d8f72")
    for index in range(15):
        column, row = index % 5, index // 5
        x, y = 60 + column * 172, 54 + row * 172
        canvas.slab(x + 5, y + 7, 148, 148, "#8a7a6430", 26)
        canvas.slab(x, y, 148, 148, tiles[(index * 3 + row) % len(tiles)], 26)
        _draw_control(canvas, index % 5 if row != 1 else (index + 2) % 5, x + 74, y + 74)
    return canvas


def _draw_control(canvas: Canvas, kind: int, x: float, y: float) -> None:
    if kind == 0:
        canvas.slab(x - 44, y - 23, 88, 46, "#ffffff90", 23)
        canvas.disc(x + 21, y, 19, "#ffffff")
    elif kind == 1:
        canvas.disc(x, y, 44, "#ffffffc0")
        canvas.disc(x, y, 31, "#2b3140")
        canvas.line([(x, y), spin(x, y, 28, -50)], "#ffffff", 5)
    elif kind == 2:
        for offset, value in ((-32, 12), (0, -22), (32, 26)):
            canvas.slab(x + offset - 3, y - 46, 6, 92, "#ffffff90", 3)
            canvas.slab(x + offset - 12, y + value - 8, 24, 16, "#ffffff", 5)
    elif kind == 3:
        canvas.disc(x, y + 5, 43, "#00000030")
        canvas.disc(x, y, 43, "#ffffff")
        canvas.disc(x, y, 33, "#f3ece3")
    else:
        canvas.slab(x - 25, y - 46, 50, 92, "#ffffffb0", 9)
        canvas.slab(x - 18, y - 38, 36, 40, "#ffffff", 6)
        canvas.slab(x - 18, y + 2, 36, 36, "#d6d0c8", 6)


def draw_spinners() -> Canvas:
    canvas = Canvas("#232043", "#3f2d63")
    canvas.glow(480, 300, 260, "#7a58c9", 0.35)
    for step in range(12):
        alpha = f"{35 + step * 20:02x}"
        ends = [spin(210, 210, radius, step * 30) for radius in (44, 84)]
        canvas.line(ends, f"#ffffff{alpha}", 13)
    canvas.ring(480, 210, 76, "#ffffff2a", 15)
    canvas.arc(480, 210, 76, (-90, 20), "#ffb454", 15)
    for step in range(8):
        canvas.disc(*spin(750, 210, 68, step * 45), 5 + step * 1.9, "#7fe0c8")
    canvas.slab(126, 412, 420, 26, "#ffffff24", 13)
    canvas.slab(126, 412, 414, 26, "#f4709a", 13)
    for index, wide in enumerate((250, 250, 160)):
        canvas.slab(600, 384 + index * 34, wide, 20, "#ffffff2e", 10)
    for index in range(3):
        canvas.disc(290 + index * 44, 504, 12 - index * 2, "#ffffffb0")
    return canvas


def draw_map() -> Canvas:
    canvas = Canvas("#f3ead3", "#eadcb9")
    for index in range(9):
        radius = 46 + index * 46
        shore = [spin(300, 270, radius * wobble(d, index * 9), d) for d in range(0, 361, 4)]
        canvas.line(shore, "#b79a5f", 2 if index % 3 else 4)
    river = [(560 + 90 * math.sin(y / 110) + y * 0.22, y) for y in range(-10, 620, 8)]
    canvas.line(river, "#7fb0bd", 46)
    canvas.line(river, "#a5cdd3", 34)
    canvas.oval((596, 352), (748, 420), "#efe0a8", outline="#c8473c", width=3)
    route = [(130 + i * 11, 470 - 80 * math.sin(i / 13) - i * 1.2) for i in range(56)]
    for piece in dashes(route):
        canvas.line(piece, "#c8473c", 5)
    for sign in (-1, 1):
        canvas.line([(730 + sign * 18, 366 - 18), (730 - sign * 18, 366 + 18)], "#c8473c", 7)
    canvas.ring(840, 120, 56, "#6b5a36", 3)
    for turn, colour in ((-90, "#c8473c"), (90, "#6b5a36")):
        canvas.area(
            [
                spin(840, 120, 50, turn),
                spin(840, 120, 13, turn + 90),
                spin(840, 120, 13, turn - 90),
            ],
            colour,
        )
    for x in (240, 480, 720):
        canvas.line([(x, 0), (x, 600)], "#00000010", 3)
    return canvas


def draw_keyboard() -> Canvas:
    canvas = Canvas("#bfe0e6", "#f7e3d2")
    caps = ("#fffdf8", "#fffdf8", "#ffd9c2", "#fffdf8", "#cfe6d8", "#fffdf8", "#d7d4ee")
    canvas.slab(50, 70, 860, 480, "#4b5a78", 34)
    canvas.slab(50, 62, 860, 474, "#5d6f91", 34)
    for row in range(4):
        for column in range(9):
            if row == 3 and 2 <= column <= 6:
                continue
            _draw_key(
                canvas, 82 + column * 90, 92 + row * 108, 80, caps[(column * 2 + row * 3) % 7]
            )
    _draw_key(canvas, 262, 416, 440, "#f7b267")
    canvas.disc(302, 232, 18, "#f2a33a")
    canvas.line([(600, 440), (574, 462), (596, 462), (572, 488)], "#ffffff", 7)
    for x, y in ((658, 124), (118, 340)):
        for dx, dy, radius in ((-14, 4, 13), (2, -4, 17), (18, 4, 13)):
            canvas.disc(x + dx, y + dy, radius, "#8fb3cf")
        canvas.slab(x - 26, y + 2, 56, 15, "#8fb3cf", 8)
    return canvas


def _draw_key(canvas: Canvas, x: float, y: float, wide: float, colour: str) -> None:
    canvas.slab(x, y + 8, wide, 88, "#38455f", 14)
    canvas.slab(x, y, wide, 88, colour, 14)
    canvas.slab(x + 7, y + 4, wide - 14, 68, "#ffffff66", 11)


PICTURES: dict[str, Callable[[], Canvas]] = {
    "hexo/images/paper-plane.jpg": draw_paper_plane,
    "hexo/images/epoch.jpg": draw_epoch,
    "hexo/images/boxes.jpg": draw_boxes,
    "hexo/images/rooftop.jpg": draw_rooftop,
    "hexo/images/rain.jpg": draw_rain,
    "hexo/images/bicycle.jpg": draw_bicycle,
    "hexo/images/letter.jpg": draw_letter,
    "hugo/images/interfaces.jpg": draw_interfaces,
    "hugo/images/spinners.jpg": draw_spinners,
    "hugo/images/map.jpg": draw_map,
    "pelican/images/keyboard.jpg": draw_keyboard,
}

if __name__ == "__main__":
    for name, draw in PICTURES.items():
        draw().save(FOLDER / name)
        print(f"{(FOLDER / name).stat().st_size:6} {name}")
