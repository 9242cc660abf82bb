// Reads many pages, one after the other, in one frame and in one evaluation. Pages and answers go
// as JSON in text, so that half of a surrogate pair arrives as it left.
({ pages, look, texts, independent, standIn }) => {
  const frame = document.createElement("iframe");
  frame.style = "width: 1000px; height: 700px";
  document.body.replaceChildren(frame);
  const inside = frame.contentWindow;
  const nothingOfTheScript = () => null;
  const lookAt = inside.eval(`(${look})`)(nothingOfTheScript, inside.eval(`(${texts})`));
  const readAgain = inside.eval(`(${independent})`);
  inside.eval(standIn);
  inside.initializeConnectif({ autoInitialize: false });
  const { getPurchaseEvents } = inside.connectif;
  return JSON.stringify(
    JSON.parse(pages).map((html) => {
      inside.document.open();
      inside.document.write(html);
      inside.document.close();
      return {
        standIn: getPurchaseEvents(),
        independent: readAgain(inside.document),
        seen: lookAt({ key: "none", names: ["cn_purchase"], needed: [], limit: 2_000_000 }).tags,
      };
    }),
  );
}
