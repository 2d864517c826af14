"""Article files that the tests load."""


def write_articles(folder, count):
    folder.mkdir()
    for number in range(count):
        text = f"The harbour of Port {number} opened on Monday after nine years of work.\n" * 20
        (folder / f"{number:04}.txt").write_text(f"Harbour {number} opens\n{text}")
