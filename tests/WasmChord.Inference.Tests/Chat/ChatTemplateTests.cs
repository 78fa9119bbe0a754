namespace WasmChord.Inference.Tests;

public sealed class ChatTemplateTests
{
    private const string Simple = "{% for m in messages %}<|{{ m.role }}|>{{ m['content'] }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
    private const string WithoutSystem =
        "{{ bos_token }}{% for m in messages %}{% if m.role not in ['user', 'assistant'] %}{{ raise_exception('only user and assistant') }}{% endif %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}({{ m.role }}: {{ m.content }}){% endfor %}";

    private static readonly ChatMessage[] s_turns =
        [new("system", "Be brief."), new("user", "Hello"), new("assistant", "Hi there"), new("user", "Who are you")];

    [Fact]
    public void Render_OfTheModelsOwnTemplate_FollowsIt()
    {
        ChatTemplate template = ChatTemplate.FromMetadata(Simple, "<s>", "</s>");
        Assert.True(template.IsModelsOwn);
        Assert.Equal((null, true), (template.WhyNotOwn, template.TakesSystem));
        Assert.Equal("<|system|>Be brief.</s><|user|>Hello</s><|assistant|>Hi there</s><|user|>Who are you</s><|assistant|>", template.Render(s_turns, addGenerationPrompt: true));
        Assert.Equal("<|user|>Hello</s>", template.Render(s_turns[1..2], addGenerationPrompt: false));
    }

    [Fact]
    public void Render_OfADefaultSystemPrompt_IsTheTemplatesAndNotTheFormats()
    {
        const string Own = "{% if messages[0].role != 'system' %}<|im_start|>system\nOur default.<|im_end|>\n{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
        ChatTemplate template = ChatTemplate.FromMetadata(Own, null, null);
        Assert.Equal("chatml", template.Format);
        Assert.Equal("<|im_end|>", template.EndOfTurn);
        Assert.Equal("<|im_start|>system\nOur default.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n", template.Render(s_turns[1..2], addGenerationPrompt: false));
    }

    [Fact]
    public void Render_WhereATemplateKnowsNoSystem_PutsItInFrontOfTheUser()
    {
        ChatTemplate template = ChatTemplate.FromMetadata(WithoutSystem, "<s>", "</s>");
        Assert.False(template.TakesSystem);
        Assert.Equal("<s>(user: Be brief.\nHello)(assistant: Hi there)(user: Who are you)", template.Render(s_turns, addGenerationPrompt: true));
        Assert.Equal("<s>(user: Be brief.)", template.Render(s_turns[..1], addGenerationPrompt: true));
        Assert.Equal("<s>(user: Hello)", template.Render(s_turns[1..2], addGenerationPrompt: true));
    }

    [Fact]
    public void Render_WhereATemplateDropsTheSystemSilently_PutsItInFrontOfTheUser()
    {
        ChatTemplate template = ChatTemplate.FromMetadata("{% for m in messages if m.role != 'system' %}[{{ m.content }}]{% endfor %}", null, null);
        Assert.Equal("[Be brief.\nHello][Hi there][Who are you]", template.Render(s_turns));
    }

    [Fact]
    public void Render_WhereATemplateRefuses_SaysWhy()
    {
        ChatTemplate template = ChatTemplate.FromMetadata(WithoutSystem, null, null);
        InferenceException e = Assert.Throws<InferenceException>(() => template.Render([new("assistant", "I begin")]));
        Assert.Equal(InferenceError.RefusedByTemplate, e.Error);
        Assert.Contains("roles must alternate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_WhereATemplateTakesParts_GivesParts()
    {
        ChatTemplate template = ChatTemplate.FromMetadata("{% for m in messages %}{% for p in m.content %}{% if p.type == 'text' %}[{{ p.text }}]{% endif %}{% endfor %}{% endfor %}", null, null);
        Assert.Equal("[Be brief.][Hello][Hi there][Who are you]", template.Render(s_turns));
    }

    [Fact]
    public void Render_WhereATemplateTakesMissingToolsForNone_WorksBothWays()
    {
        const string NeedsNone = "{% if tools is not none %}{{ tools|length }}{% endif %}{% for m in messages %}{{ m.content }};{% endfor %}";
        const string NeedsUndefined = "{% for t in tools %}{{ t }}{% endfor %}{% for m in messages %}{{ m.content }};{% endfor %}";
        Assert.Equal("Hello;", ChatTemplate.FromMetadata(NeedsNone, null, null).Render(s_turns[1..2]));
        Assert.Equal("Hello;", ChatTemplate.FromMetadata(NeedsUndefined, null, null).Render(s_turns[1..2]));
    }

    [Fact]
    public void Render_OfTheDay_AsksTheClock() =>
        Assert.Equal("04 Jul 2025 Hello", ChatTemplate.FromMetadata("{{ strftime_now('%d %b %Y') }} {{ messages[0].content }}", null, null, new StoppedClock()).Render(s_turns[1..2]));

    [Fact]
    public void FromMetadata_OfWhatIsNotSupportedButRecognized_FallsBackToTheFormat()
    {
        ChatTemplate template = ChatTemplate.FromMetadata("{% include 'parts' %}<|im_start|>{{ 'x'|frobnicate }}", null, null);
        Assert.False(template.IsModelsOwn);
        Assert.Contains("include", template.WhyNotOwn, StringComparison.Ordinal);
        Assert.Null(ChatTemplate.Named("chatml").WhyNotOwn);
        Assert.Equal("chatml", template.Format);
        Assert.Equal(ChatTemplate.Named("chatml").Render(s_turns), template.Render(s_turns));
    }

    [Fact]
    public void FromMetadata_OfWhatFailsWhenItRuns_FallsBackAtOnce()
    {
        ChatTemplate template = ChatTemplate.FromMetadata("{% for m in messages %}<|im_start|>{{ m.content }}{% if m.role == 'assistant' %}{{ m.content.encode('utf-8') }}{% endif %}{% endfor %}", null, null);
        Assert.False(template.IsModelsOwn);
        Assert.Contains("encode", template.WhyNotOwn, StringComparison.Ordinal);
        Assert.Equal("chatml", template.Format);
    }

    [Theory]
    [InlineData("{{ 'x'|frobnicate }}", "filter 'frobnicate'")]
    [InlineData("{% for m in messages %}{{ m.role }}{% endfor %}", "does not write what the user says")]
    [InlineData("{% for m in messages %}", "endfor")]
    public void FromMetadata_OfWhatIsNeitherSupportedNorRecognized_IsRefused(string source, string part)
    {
        InferenceException e = Assert.Throws<InferenceException>(() => ChatTemplate.FromMetadata(source, null, null));
        Assert.Equal(InferenceError.UnsupportedTemplate, e.Error);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \n")]
    public void FromMetadata_OfNothing_ListsTheNames(string? source)
    {
        InferenceException e = Assert.Throws<InferenceException>(() => ChatTemplate.FromMetadata(source, null, null));
        Assert.Equal(InferenceError.UnsupportedTemplate, e.Error);
        Assert.Contains("chatml", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_OfAnUnknownName_ListsTheKnown() =>
        Assert.Contains("chatml", Assert.Throws<InferenceException>(() => ChatTemplate.Named("nope")).Message, StringComparison.Ordinal);

    [Fact]
    public void Render_OfNoMessages_IsRefused() =>
        Assert.Equal(InferenceError.InvalidOption, Assert.Throws<InferenceException>(() => ChatTemplate.Named("chatml").Render([])).Error);

    [Fact]
    public void NeedsBos_WhereTheTemplateWroteIt_IsFalse()
    {
        ChatTemplate own = ChatTemplate.FromMetadata(WithoutSystem, "<s>", "</s>");
        Assert.False(own.NeedsBos(own.Render(s_turns)));
        ChatTemplate simple = ChatTemplate.FromMetadata(Simple, "<s>", "</s>");
        Assert.True(simple.NeedsBos(simple.Render(s_turns)));
        Assert.False(ChatTemplate.Named("gigachat", "<s>").NeedsBos(ChatTemplate.Named("gigachat", "<s>").Render(s_turns)));
        Assert.True(ChatTemplate.Named("llama3", "<|begin_of_text|>").NeedsBos(ChatTemplate.Named("llama3").Render(s_turns)));
    }

    [Fact]
    public void Render_OfALongConversation_IsNotStoppedByTheBounds()
    {
        ChatTemplate template = ChatTemplate.FromMetadata(Simple, "<s>", "</s>");
        ChatMessage[] messages = [.. Enumerable.Range(0, 2001).Select(i => new ChatMessage(i % 2 == 0 ? "user" : "assistant", new string('x', 1000)))];
        Assert.Equal(2001 * 1000, template.Render(messages).Count(c => c == 'x'));
        Assert.Equal(5_000_000, template.Render([new("user", new string('x', 5_000_000))]).Count(c => c == 'x'));
    }

    [Fact]
    public void Render_FromManyThreads_GivesTheSameText()
    {
        ChatTemplate template = ChatTemplate.FromMetadata(Simple, "<s>", "</s>");
        string expected = template.Render(s_turns);
        Parallel.For(0, 200, _ => Assert.Equal(expected, template.Render(s_turns)));
    }
}
