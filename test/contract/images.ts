import { describe, expect, it } from "vitest";
import type { PullProgress } from "../../src/ports/engine.ts";
import { PUBLISHED, type Subject } from "./subject.ts";

/** Expects an ArcError with that code. */
const code = (name: string): unknown => expect.objectContaining({ name: "ArcError", code: name });

const repositoryOf = (reference: string): string => reference.replace(/:[^:/]*$/, "");

export function describeImages(subject: () => Subject): void {
  describe("an image in a registry", () => {
    it("is not on this machine until it is pulled, and then says what it is", async () => {
      const rig = subject();
      const { reference, digest } = await rig.harness.publish();
      expect(await rig.engine.imageExists(reference)).toBe(false);
      expect(await rig.engine.image(reference)).toBeNull();
      await rig.engine.pull(reference, {});
      expect(await rig.engine.imageExists(reference)).toBe(true);
      const image = await rig.engine.image(reference);
      expect(image).toMatchObject({ ...PUBLISHED, references: [reference] });
      expect(image?.digests).toContain(`${repositoryOf(reference)}@${digest}`);
      expect(image?.id).toMatch(/^[0-9a-f]{64}$/);
      expect(image?.size).toBeGreaterThan(0);
      expect(await rig.engine.image(image?.id ?? "")).toEqual(image);
    });

    it("tells of its layers while it is pulled", async () => {
      const rig = subject();
      const { reference } = await rig.harness.publish();
      const told: PullProgress[] = [];
      await rig.engine.pull(reference, { progress: (progress) => told.push(progress) });
      expect(told[0]).toMatchObject({ asking: true, layers: null });
      expect(told[0]?.line).toContain(reference);
      const known = told.findLast(({ layers }) => layers !== null)?.layers?.known ?? 0;
      expect(known).toBeGreaterThan(0);
      expect(told.at(-1)).toMatchObject({ asking: false, layers: { done: known, known } });
      const done = told.flatMap(({ layers }) => layers?.done ?? []);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
    });

    it("that the registry does not know is not found", async () => {
      const rig = subject();
      const { reference } = await rig.harness.publish();
      const unknown = `${repositoryOf(reference)}:never-pushed`;
      await expect(rig.engine.pull(unknown, {})).rejects.toThrow(code("ARC_IMAGE_NOT_FOUND"));
      expect(await rig.engine.imageExists(unknown)).toBe(false);
    });
  });

  describe("an image that is there by its digest", () => {
    it.each(["tag", "digest", "tag and digest"])(
      "is there under every tag, and makes containers, once pulled by %s",
      async (how) => {
        const rig = subject();
        const { reference, digest } = await rig.harness.publish();
        const repository = repositoryOf(reference);
        const asked = { tag: reference, digest: `${repository}@${digest}` }[how] ?? `${reference}@${digest}`;
        await rig.engine.pull(asked, {});
        const references = [
          asked,
          `${reference}@${digest}`,
          `${repository}:other@${digest}`,
          `${repository}@${digest}`,
        ];
        const { id } = (await rig.engine.image(asked)) ?? {};
        for (const each of references) {
          expect(await rig.engine.imageExists(each), each).toBe(true);
          expect((await rig.engine.image(each))?.id, each).toBe(id);
          const { name } = await rig.create({ spec: { image: each } });
          // The engine drops a tag beside a digest from the name that it tells.
          const image = each.includes("@") ? `${repository}@${digest}` : each;
          expect(await rig.row(name), each).toMatchObject({ imageId: id, image });
          expect((await rig.engine.inspect(name)).image, each).toBe(image);
        }
        expect(await rig.engine.imageExists(`${reference}@sha256:${"0".repeat(64)}`)).toBe(false);
      },
    );
  });

  describe("images on this machine", () => {
    it("are listed, with how many containers use them", async () => {
      const rig = subject();
      const { reference } = await rig.harness.publish();
      await rig.engine.pull(reference, {});
      const row = async () => (await rig.engine.images()).find(({ references }) => references.includes(reference));
      expect(await row()).toMatchObject({ containers: 0 });
      await rig.create({ spec: { image: reference } });
      await rig.create({ spec: { image: reference } });
      const image = await rig.engine.image(reference);
      expect(await row()).toEqual({
        id: image?.id,
        references: image?.references,
        digests: image?.digests,
        size: image?.size,
        containers: 2,
      });
    });

    it("are removed by their name, and removing what is not there succeeds", async () => {
      const rig = subject();
      const { reference } = await rig.harness.publish();
      await rig.engine.pull(reference, {});
      const { id } = (await rig.engine.image(reference)) ?? {};
      await rig.engine.removeImage(reference);
      expect(await rig.engine.image(reference)).toBeNull();
      expect((await rig.engine.images()).map((image) => image.id)).not.toContain(id);
      await rig.engine.removeImage(reference);
      await rig.engine.removeImage("localhost/never-made:1");
    });

    it.each(["tag", "digest"])("are removed by tag and digest, once pulled by %s", async (how) => {
      const rig = subject();
      const { reference, digest } = await rig.harness.publish();
      await rig.engine.pull(how === "tag" ? reference : `${reference}@${digest}`, {});
      await rig.engine.removeImage(`${reference}@${digest}`);
      expect(await rig.engine.imageExists(`${reference}@${digest}`)).toBe(false);
      await rig.engine.removeImage(`${reference}@${digest}`);
    });

    it("are removed by tag and digest where they came by both", async () => {
      const rig = subject();
      const { reference, digest } = await rig.harness.publish();
      await rig.engine.pull(reference, {});
      await rig.engine.pull(`${reference}@${digest}`, {});
      expect((await rig.engine.image(reference))?.references).toHaveLength(2);
      await rig.engine.removeImage(`${reference}@${digest}`);
      expect(await rig.engine.image(reference)).toBeNull();
      expect(await rig.engine.imageExists(`${reference}@${digest}`)).toBe(false);
    });

    it("stay, with all their names, while a container uses them", async () => {
      const rig = subject();
      const { reference, digest } = await rig.harness.publish();
      await rig.engine.pull(reference, {});
      await rig.engine.pull(`${reference}@${digest}`, {});
      const before = await rig.engine.image(reference);
      const { name } = await rig.create({ spec: { image: reference } });
      for (const each of [reference, `${reference}@${digest}`, before?.id ?? ""]) {
        await expect(rig.engine.removeImage(each)).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
      }
      expect(await rig.engine.image(reference)).toEqual(before);
      await rig.engine.remove(name, { force: true });
      await rig.engine.removeImage(`${reference}@${digest}`);
      expect(await rig.engine.image(reference)).toBeNull();
    });
  });
}
