"""What the findings of a check mean and what to do, in Japanese.

The English stands with the rules.
"""

from __future__ import annotations

_FILE = {
    "file.size": ("OpenAI の上限 512 MB を超えています。", "分割するか、行を減らしてください。"),
    "file.encoding": ("UTF-8 でないバイトがあります。", "BOM なしの UTF-8 で保存してください。"),
    "file.bom": ("BOM（バイト順マーク）があります。", "BOM なしの UTF-8 で保存してください。"),
    "file.nul": (
        "NUL バイトがあります。バイナリか、壊れたファイルです。",
        "書き出し直してください。",
    ),
    "file.surrogate": (
        "サロゲートペアの片割れがあります。UTF-8 では表せません。",
        "文字の途中で切ってしまったプログラムを直してください。",
    ),
    "file.blank": ("空行があります。", "その行を削除してください。"),
    "file.long": (
        "64 MB を超える行があり、途中までしか読んでいません。",
        "その行を外してください。",
    ),
    "file.cut": (
        "最後の行が途中で終わっています。",
        "ファイルが途切れています。書き出し直してください。",
    ),
    "file.json": (
        "JSON ではありません。",
        "1行に JSON オブジェクトを1つだけ書いてください。配列は JSON Lines ではありません。",
    ),
    "file.object": (
        "JSON ですが、オブジェクトではありません。",
        "1行に JSON オブジェクトを1つだけ書いてください。",
    ),
    "file.nested": ("JSON の入れ子が深すぎて読めません。", "その行を外してください。"),
    "file.duplicate-key": (
        "1つのオブジェクトに同じキーが2つあります。どちらが有効かは読む側しだいです。",
        "片方を削除してください。",
    ),
    "file.nan": (
        "JSON にはない NaN か Infinity があります。",
        "null にするか、キーごと外してください。",
    ),
    "file.crlf": (
        "改行が Windows 式（CR LF）です。",
        "困るツールがなければ、そのままで構いません。",
    ),
    "file.few": (
        "学習例が 10 件未満です。OpenAI は 10 件以上を求めます。",
        "学習例を増やしてください。まずは 50〜100 件が目安です。",
    ),
    "file.small": (
        "学習例が 50 件未満です。",
        "チューニングの効果が見え始めるのは、よくできた学習例が 50 件ほどそろってからです。",
    ),
}

_SCHEMA = {
    "schema.shape": (
        "会話でも、好みの比較でも、prompt と completion の組でもありません。",
        "各行に messages か、input と2つの出力か、prompt と completion を書いてください。",
    ),
    "schema.mixed": (
        "最初の学習例と形式が違います。",
        "1ファイルに1形式とし、ほかは別のファイルに分けてください。",
    ),
    "schema.key": (
        "学習例に、どの学習サービスも知らないキーがあります。",
        "削除してください。これだけでファイル全体を断るサービスもあります。",
    ),
    "schema.message-key": (
        "メッセージに、どの学習サービスも知らないキーがあります。",
        "削除するか、名前を直してください。",
    ),
    "schema.messages": (
        "messages がないか、リストではありません。",
        "少なくともユーザーの発言と回答を1つずつ書いてください。",
    ),
    "schema.message": (
        "オブジェクトでないか、role のないメッセージです。",
        "role と content を書いてください。",
    ),
    "schema.role": (
        "学習サービスの知らない role です。",
        "system、user、assistant、tool のどれかにしてください。",
    ),
    "schema.content": (
        "content がないか、空か、文字列でもパーツのリストでもありません。",
        "本文を書くか、その学習例を外してください。",
    ),
    "schema.part": (
        "この role の content には使えないパーツです。",
        "type が text のパーツにしてください。",
    ),
    "schema.name": ("name が文字列ではありません。", "文字列にするか、外してください。"),
    "schema.refusal": (
        "refusal か audio の型が違います。",
        "文字列にするか、外してください。",
    ),
    "schema.weight": (
        "weight が 0 でも 1 でもありません。",
        "0 か 1 にするか、書かずにおいてください。",
    ),
    "schema.weight-role": (
        "assistant 以外のメッセージに weight があります。",
        "削除してください。何の効果もありません。",
    ),
    "schema.no-answer": (
        "assistant のメッセージがなく、学ぶものがありません。",
        "望ましい回答を加えてください。",
    ),
    "schema.nothing-trained": (
        "どの回答も weight が 0 で、学ぶものがありません。",
        "望ましい回答の weight を 1 にするか、その学習例を外してください。",
    ),
    "schema.last": (
        "最後のメッセージが assistant のものではありません。",
        "望ましい回答で終えてください。",
    ),
    "schema.alternation": (
        "同じ role のメッセージが2つ続いています。",
        "1つにまとめてください。たいていの学習サービスでは user と assistant が交互です。",
    ),
    "schema.system-place": (
        "system メッセージが先頭にありません。",
        "先頭に移してください。",
    ),
    "schema.tool-calls": (
        "ツール呼び出しの形式が違います。",
        "それぞれに id、type（function）、name、arguments を書いてください。",
    ),
    "schema.tool-arguments": (
        "呼び出しの arguments が JSON ではありません。",
        "JSON オブジェクトを表す文字列にしてください。",
    ),
    "schema.tool-orphan": (
        "結果のない呼び出しか、呼び出しのない結果です。",
        "呼び出しごとに、同じ id の tool メッセージを続けてください。",
    ),
    "schema.tools": (
        "tools か functions の形式が違います。",
        "type（function）と、name のある function を書いてください。parameters は"
        "オブジェクトです。",
    ),
    "schema.special-token": (
        "トークナイザーが制御トークンと読む文字列です。ジョブ全体が失敗するか、学習例が壊れます。",
        "その行を外すか、別の書き方にしてください。",
    ),
    "schema.preference": (
        "好みの比較の形式が違います。",
        "input.messages と、2つの出力それぞれに assistant のメッセージを1つ書いてください。",
    ),
    "schema.preference-same": (
        "2つの回答が同じで、比較になりません。",
        "その行を外してください。",
    ),
    "schema.preference-last": (
        "input が assistant のメッセージで終わっています。",
        "user のメッセージで終えてください。",
    ),
    "schema.preference-key": (
        "preferred_completion は OpenAI の2025年のスキーマの名前で、ガイドとは違います。",
        "preferred_output と non_preferred_output に直してください。",
    ),
    "schema.legacy": (
        "prompt と completion の旧形式です。チャットモデルには使えません。",
        "messages に変換してください。",
    ),
    "schema.legacy-field": (
        "prompt か completion が文字列でないか、completion が空です。",
        "両方とも書いてください。",
    ),
    "schema.legacy-separator": (
        "prompt の末尾の区切りがそろっていません。",
        "どの prompt も同じ区切り（たとえば \\n\\n###\\n\\n）で終えてください。",
    ),
    "schema.legacy-prefix": (
        "どの prompt か completion も同じ書き出しです。",
        "共通の書き出しを削除してください。",
    ),
    "schema.legacy-ending": (
        "completion の末尾がそろっていません。",
        "どれも同じ終了文字列で終えてください。",
    ),
    "schema.legacy-space": (
        "completion が空白で始まっていません。",
        "どれも空白で始めてください。",
    ),
    "schema.legacy-upper": (
        "文字の3分の1超が大文字です。",
        "メンバーが書くように書いてください。",
    ),
}

_SIZE = {
    "size.truncated": (
        "モデルの学習できる長さを超えています。切られるのは末尾、つまり回答の部分です。",
        "回答より前の会話を縮めるか、その行を外してください。",
    ),
    "size.answer-lost": (
        "回答の前だけでモデルの上限に達し、回答は何も学習されません。",
        "その行を外してください。",
    ),
    "size.outlier": (
        "回答の長さが中央値の10倍を超えています。",
        "メンバーに返したい回答かどうか確かめてください。",
    ),
    "size.no-price": (
        "このモデルの学習費用は不明です。",
        "学習サービスの価格表を確認してください。",
    ),
}

_DUPLICATES = {
    "duplicates.exact": ("まったく同じ学習例があります。", "1つだけ残してください。"),
    "duplicates.normalised": (
        "大文字・小文字、全角・半角、空白、句読点のほかは同じ学習例があります。",
        "1つだけ残してください。",
    ),
    "duplicates.near": (
        "文章がほぼ同じ学習例があります。",
        "良いほうを残してください。",
    ),
    "duplicates.meaning": (
        "意味がほぼ同じ学習例があります。",
        "両方から学べる場合だけ、両方を残してください。",
    ),
    "duplicates.contradictory": (
        "1つの質問に、違う回答が2つあります。",
        "どちらかに決めるか、両方正しい理由を書いてください。",
    ),
    "duplicates.validation": (
        "検証用のファイルにもある質問です。検証損失が実際より良く見えてしまいます。",
        "どちらかから削除してください。",
    ),
    "duplicates.golden": (
        "モデルの判定に使う質問です。",
        "ここから削除してください。判定用の質問は学習に使えません。",
    ),
    "duplicates.other-file": (
        "もう一方のファイルに、学習例ではないため比べなかった行があります。",
        "そのファイルを単独でチェックしてください。",
    ),
}

_BALANCE = {
    "balance.refusals": (
        "回答の5分の1超が断りの返事です。モデルが必要以上に断るようになります。",
        "答えている例を増やすか、断る例を減らしてください。",
    ),
    "balance.openers": (
        "回答の10分の1超が同じ言葉で始まっています。",
        "書き出しをいくつか変えてください。",
    ),
    "balance.languages": (
        "2つの言語のうち片方の学習例が10分の1に届きません。",
        "その言語の学習例を増やすか、すべて外してください。",
    ),
    "balance.answer-language": (
        "質問と回答の言語が違います。",
        "意図したものかどうか確かめてください。",
    ),
    "balance.members": (
        "質問の3分の1超が1人のメンバーのものです。",
        "ほかのメンバーに同意をお願いするか、いくつか外してください。",
    ),
    "balance.lengths": (
        "どの回答も長さがほぼ同じです。",
        "意識して短いものと長いものを混ぜてください。",
    ),
    "balance.formatting": (
        "見出し・リスト・コードのある回答とない回答の、どちらかがごく少数です。",
        "少数のほうが意図したものかどうか確かめてください。",
    ),
}

_DIVERSITY = {
    "diversity.vendi": (
        "学習例の意味が似すぎています。種類の数が件数の10分の1に届きません。",
        "特に似たものを、別のものに替えてください。",
    ),
    "diversity.distinct-2": (
        "回答に同じ言い回しが繰り返されています。",
        "特に繰り返しの多いものを書き直してください。",
    ),
    "diversity.self-bleu": (
        "回答の言葉づかいが互いに似ています。",
        "特に似たものを書き直してください。",
    ),
}

_CONSISTENCY = {
    "consistency.system": (
        "システムプロンプトのある学習例とない学習例が混ざっています。",
        "どれにも、実際の運用で使うプロンプトを付けてください。",
    ),
    "consistency.systems": (
        "システムプロンプトが何種類かあります。",
        "実際の運用と一字一句同じものを使ってください。",
    ),
    "consistency.rare-system": (
        "いつものものとわずかに違うシステムプロンプトです。",
        "いつものものを使ってください。一語の違いでも、意図しないことを教えてしまいます。",
    ),
    "consistency.persona": (
        "ほかの回答と話し方が違う回答です。",
        "直すか、外してください。",
    ),
    "consistency.facts": (
        "プロンプトの事実にないことを回答が述べています。作り話を教えてしまいます。",
        "回答を直すか、その事実をプロンプトに加えてください。",
    ),
    "consistency.citation": (
        "プロンプトにない [n] を回答が引用しています。",
        "番号を直してください。",
    ),
}

_PRIVACY = {
    "privacy.secret": (
        "キー、トークン、またはパスワードです。",
        "無効にしてから外してください。モデルから引き出されるおそれがあります。",
    ),
    "privacy.personal": (
        "個人情報です。",
        "伏せ字にして書き出すか、仮の文字列に置き換えてください。",
    ),
    "privacy.mention": (
        "Discord のメンションか ID です。",
        "伏せ字にして書き出すか、削除してください。",
    ),
    "privacy.unsure": (
        "個人情報かもしれません。",
        "目で確かめてください。規則では判断できません。",
    ),
    "privacy.consent": (
        "書き出せない行と、その理由です。",
        "同意がない行は、メンバーにお願いしてください（/privacy）。",
    ),
    "privacy.provenance": (
        "誰の言葉かを示すマニフェストが、ファイルのそばにありません。",
        "言葉の主が全員同意していることを確かめてください。",
    ),
    "privacy.changed": (
        "マニフェストに書かれたファイルと一致しません。",
        "書き出し直すか、変えた点を書き留めてください。",
    ),
}

_OPERATIONS = {
    "operations.shutdown": (
        "このモデルはまもなく終了し、ファインチューニングしたモデルも使えなくなります。",
        "別のモデルか、ローカルでチューニングしてください。",
    ),
    "operations.gone": (
        "このモデルは、そこではもうチューニングできません。",
        "別のモデルか、ローカルでチューニングしてください。",
    ),
    "operations.unknown-model": (
        "このモデルの上限・価格・終了日は、どれも不明です。",
        "学習サービスの資料を確認してください。",
    ),
    "operations.trained": (
        "まったく同じファイルで学習したことがあります。",
        "もう一度費用をかける前に、そのジョブを確認してください。",
    ),
}

RULES_JA: dict[str, tuple[str, str]] = {
    **_FILE,
    **_SCHEMA,
    **_SIZE,
    **_DUPLICATES,
    **_BALANCE,
    **_DIVERSITY,
    **_CONSISTENCY,
    **_PRIVACY,
    **_OPERATIONS,
}
"""The meaning and the remedy of each rule, by the rule's id."""
