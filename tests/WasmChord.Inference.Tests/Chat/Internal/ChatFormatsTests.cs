namespace WasmChord.Inference.Tests;

/// <summary>What the well-known formats write, as llama.cpp's own test of them has it (tests/test-chat-template.cpp) or its code gives.</summary>
public sealed class ChatFormatsTests
{
    private static readonly ChatMessage[] s_conversation =
    [
        new("system", "You are a helpful assistant"), new("user", "Hello"), new("assistant", "Hi there"),
        new("user", "Who are you"), new("assistant", "   I am an assistant   "), new("user", "Another question"),
    ];

    public static TheoryData<string> Names => [.. ChatTemplate.Names];

    [Theory]
    [InlineData("alpaca", "You are a helpful assistant\n\n### Instruction:\nHello\n\n### Response:\nHi there\n\n### Instruction:\nWho are you\n\n### Response:\n   I am an assistant   \n\n### Instruction:\nAnother question\n\n### Response:\n")]
    [InlineData("chatglm3", "[gMASK]sop<|system|>\n You are a helpful assistant<|user|>\n Hello<|assistant|>\n Hi there<|user|>\n Who are you<|assistant|>\n    I am an assistant   <|user|>\n Another question<|assistant|>")]
    [InlineData("chatglm4", "[gMASK]<sop><|system|>\nYou are a helpful assistant<|user|>\nHello<|assistant|>\nHi there<|user|>\nWho are you<|assistant|>\n   I am an assistant   <|user|>\nAnother question<|assistant|>")]
    [InlineData("chatml", "<|im_start|>system\nYou are a helpful assistant<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi there<|im_end|>\n<|im_start|>user\nWho are you<|im_end|>\n<|im_start|>assistant\n   I am an assistant   <|im_end|>\n<|im_start|>user\nAnother question<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("command-r", "<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>You are a helpful assistant<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hello<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Hi there<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Who are you<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>I am an assistant<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Another question<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>")]
    [InlineData("deepseek", "You are a helpful assistant### Instruction:\nHello\n### Response:\nHi there\n<|EOT|>\n### Instruction:\nWho are you\n### Response:\n   I am an assistant   \n<|EOT|>\n### Instruction:\nAnother question\n### Response:\n")]
    [InlineData("deepseek2", "You are a helpful assistant\n\nUser: Hello\n\nAssistant: Hi there<｜end▁of▁sentence｜>User: Who are you\n\nAssistant:    I am an assistant   <｜end▁of▁sentence｜>User: Another question\n\nAssistant:")]
    [InlineData("deepseek3", "You are a helpful assistant\n\n<｜User｜>Hello<｜Assistant｜>Hi there<｜end▁of▁sentence｜><｜User｜>Who are you<｜Assistant｜>   I am an assistant   <｜end▁of▁sentence｜><｜User｜>Another question<｜Assistant｜>")]
    [InlineData("exaone3", "[|system|]You are a helpful assistant[|endofturn|]\n[|user|]Hello\n[|assistant|]Hi there[|endofturn|]\n[|user|]Who are you\n[|assistant|]I am an assistant[|endofturn|]\n[|user|]Another question\n[|assistant|]")]
    [InlineData("exaone4", "[|system|]You are a helpful assistant[|endofturn|]\n[|user|]Hello\n[|assistant|]Hi there[|endofturn|]\n[|user|]Who are you\n[|assistant|]I am an assistant[|endofturn|]\n[|user|]Another question\n[|assistant|]")]
    [InlineData("falcon3", "<|system|>\nYou are a helpful assistant\n<|user|>\nHello\n<|assistant|>\nHi there\n<|user|>\nWho are you\n<|assistant|>\n   I am an assistant   \n<|user|>\nAnother question\n<|assistant|>\n")]
    [InlineData("gemma", "<start_of_turn>user\nYou are a helpful assistant\n\nHello<end_of_turn>\n<start_of_turn>model\nHi there<end_of_turn>\n<start_of_turn>user\nWho are you<end_of_turn>\n<start_of_turn>model\nI am an assistant<end_of_turn>\n<start_of_turn>user\nAnother question<end_of_turn>\n<start_of_turn>model\n")]
    [InlineData("gigachat", "<s>You are a helpful assistant<|message_sep|>user<|role_sep|>Hello<|message_sep|>available functions<|role_sep|>[]<|message_sep|>assistant<|role_sep|>Hi there<|message_sep|>user<|role_sep|>Who are you<|message_sep|>available functions<|role_sep|>[]<|message_sep|>assistant<|role_sep|>   I am an assistant   <|message_sep|>user<|role_sep|>Another question<|message_sep|>available functions<|role_sep|>[]<|message_sep|>assistant<|role_sep|>")]
    [InlineData("glmedge", "<|system|>\nYou are a helpful assistant<|user|>\nHello<|assistant|>\nHi there<|user|>\nWho are you<|assistant|>\n   I am an assistant   <|user|>\nAnother question<|assistant|>")]
    [InlineData("granite", "<|start_of_role|>system<|end_of_role|>You are a helpful assistant<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Hello<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>Hi there<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Who are you<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>   I am an assistant   <|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Another question<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>\n")]
    [InlineData("llama2", "[INST] You are a helpful assistant\nHello [/INST]Hi there</s>[INST] Who are you [/INST]   I am an assistant   </s>[INST] Another question [/INST]")]
    [InlineData("llama2-sys", "[INST] <<SYS>>\nYou are a helpful assistant\n<</SYS>>\n\nHello [/INST]Hi there</s>[INST] Who are you [/INST]   I am an assistant   </s>[INST] Another question [/INST]")]
    [InlineData("llama2-sys-bos", "[INST] <<SYS>>\nYou are a helpful assistant\n<</SYS>>\n\nHello [/INST]Hi there</s><s>[INST] Who are you [/INST]   I am an assistant   </s><s>[INST] Another question [/INST]")]
    [InlineData("llama2-sys-strip", "[INST] <<SYS>>\nYou are a helpful assistant\n<</SYS>>\n\nHello [/INST]Hi there</s>[INST] Who are you [/INST]I am an assistant</s>[INST] Another question [/INST]")]
    [InlineData("llama3", "<|start_header_id|>system<|end_header_id|>\n\nYou are a helpful assistant<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHi there<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho are you<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nI am an assistant<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnother question<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("llama4", "<|header_start|>system<|header_end|>\n\nYou are a helpful assistant<|eot|><|header_start|>user<|header_end|>\n\nHello<|eot|><|header_start|>assistant<|header_end|>\n\nHi there<|eot|><|header_start|>user<|header_end|>\n\nWho are you<|eot|><|header_start|>assistant<|header_end|>\n\nI am an assistant<|eot|><|header_start|>user<|header_end|>\n\nAnother question<|eot|><|header_start|>assistant<|header_end|>\n\n")]
    [InlineData("megrez", "<|role_start|>system<|role_end|>You are a helpful assistant<|turn_end|><|role_start|>user<|role_end|>Hello<|turn_end|><|role_start|>assistant<|role_end|>Hi there<|turn_end|><|role_start|>user<|role_end|>Who are you<|turn_end|><|role_start|>assistant<|role_end|>   I am an assistant   <|turn_end|><|role_start|>user<|role_end|>Another question<|turn_end|><|role_start|>assistant<|role_end|>")]
    [InlineData("minicpm", "You are a helpful assistant<用户>Hello<AI>Hi there<用户>Who are you<AI>I am an assistant<用户>Another question<AI>")]
    [InlineData("mistral-v1", " [INST] You are a helpful assistant\n\nHello [/INST] Hi there</s> [INST] Who are you [/INST]    I am an assistant   </s> [INST] Another question [/INST]")]
    [InlineData("mistral-v3", "[INST] You are a helpful assistant\n\nHello[/INST] Hi there</s>[INST] Who are you[/INST] I am an assistant</s>[INST] Another question[/INST]")]
    [InlineData("mistral-v3-tekken", "[INST]You are a helpful assistant\n\nHello[/INST]Hi there</s>[INST]Who are you[/INST]   I am an assistant   </s>[INST]Another question[/INST]")]
    [InlineData("mistral-v7", "[SYSTEM_PROMPT] You are a helpful assistant[/SYSTEM_PROMPT][INST] Hello[/INST] Hi there</s>[INST] Who are you[/INST]    I am an assistant   </s>[INST] Another question[/INST]")]
    [InlineData("mistral-v7-tekken", "[SYSTEM_PROMPT]You are a helpful assistant[/SYSTEM_PROMPT][INST]Hello[/INST]Hi there</s>[INST]Who are you[/INST]   I am an assistant   </s>[INST]Another question[/INST]")]
    [InlineData("monarch", "system\nYou are a helpful assistant</s>\n<s>user\nHello</s>\n<s>assistant\nHi there</s>\n<s>user\nWho are you</s>\n<s>assistant\n   I am an assistant   </s>\n<s>user\nAnother question</s>\n<s>assistant\n")]
    [InlineData("openchat", "You are a helpful assistant<|end_of_turn|>GPT4 Correct User: Hello<|end_of_turn|>GPT4 Correct Assistant: Hi there<|end_of_turn|>GPT4 Correct User: Who are you<|end_of_turn|>GPT4 Correct Assistant:    I am an assistant   <|end_of_turn|>GPT4 Correct User: Another question<|end_of_turn|>GPT4 Correct Assistant:")]
    [InlineData("orion", "Human: You are a helpful assistant\n\nHello\n\nAssistant: </s>Hi there</s>Human: Who are you\n\nAssistant: </s>   I am an assistant   </s>Human: Another question\n\nAssistant: </s>")]
    [InlineData("phi3", "<|system|>\nYou are a helpful assistant<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi there<|end|>\n<|user|>\nWho are you<|end|>\n<|assistant|>\n   I am an assistant   <|end|>\n<|user|>\nAnother question<|end|>\n<|assistant|>\n")]
    [InlineData("phi4", "<|im_start|>system<|im_sep|>You are a helpful assistant<|im_end|><|im_start|>user<|im_sep|>Hello<|im_end|><|im_start|>assistant<|im_sep|>Hi there<|im_end|><|im_start|>user<|im_sep|>Who are you<|im_end|><|im_start|>assistant<|im_sep|>   I am an assistant   <|im_end|><|im_start|>user<|im_sep|>Another question<|im_end|><|im_start|>assistant<|im_sep|>")]
    [InlineData("rwkv-world", "System: You are a helpful assistant\n\nUser: Hello\n\nAssistant: Hi there\n\nUser: Who are you\n\nAssistant: I am an assistant\n\nUser: Another question\n\nAssistant:")]
    [InlineData("smolvlm", "<|im_start|>You are a helpful assistant\n\nUser: Hello<end_of_utterance>\nAssistant: Hi there<end_of_utterance>\nUser: Who are you<end_of_utterance>\nAssistant:    I am an assistant   <end_of_utterance>\nUser: Another question<end_of_utterance>\nAssistant:")]
    [InlineData("vicuna", "You are a helpful assistant\n\nUSER: Hello\nASSISTANT: Hi there</s>\nUSER: Who are you\nASSISTANT:    I am an assistant   </s>\nUSER: Another question\nASSISTANT:")]
    [InlineData("vicuna-orca", "SYSTEM: You are a helpful assistant\nUSER: Hello\nASSISTANT: Hi there</s>\nUSER: Who are you\nASSISTANT:    I am an assistant   </s>\nUSER: Another question\nASSISTANT:")]
    [InlineData("zephyr", "<|system|>\nYou are a helpful assistant<|endoftext|>\n<|user|>\nHello<|endoftext|>\n<|assistant|>\nHi there<|endoftext|>\n<|user|>\nWho are you<|endoftext|>\n<|assistant|>\n   I am an assistant   <|endoftext|>\n<|user|>\nAnother question<|endoftext|>\n<|assistant|>\n")]
    public void Render_OfANamedFormat_IsLlamaCppsText(string name, string expected)
    {
        ChatTemplate template = ChatTemplate.Named(name);
        Assert.Equal(expected, template.Render(s_conversation, addGenerationPrompt: true));
        Assert.Equal(name, template.Format);
        Assert.False(template.IsModelsOwn);
    }

    // Only the last system's message differs between these formats (llama.cpp's llama_chat_format_single).
    [Theory]
    [InlineData("chatml", "<|im_start|>system\nYou are a helpful assistant<|im_end|>\n")]
    [InlineData("mistral-v1", " [INST] You are a helpful assistant\n\n")]
    [InlineData("mistral-v3", "[INST] You are a helpful assistant\n\n")]
    [InlineData("mistral-v3-tekken", "[INST]You are a helpful assistant\n\n")]
    [InlineData("mistral-v7", "[SYSTEM_PROMPT] You are a helpful assistant[/SYSTEM_PROMPT]")]
    [InlineData("llama2", "[INST] You are a helpful assistant\n")]
    [InlineData("llama2-sys", "[INST] <<SYS>>\nYou are a helpful assistant\n<</SYS>>\n\n")]
    [InlineData("gemma", "")]
    [InlineData("llama3", "<|start_header_id|>system<|end_header_id|>\n\nYou are a helpful assistant<|eot_id|>")]
    [InlineData("gigachat", "<s>You are a helpful assistant<|message_sep|>")]
    public void Render_OfASystemMessageAlone_IsLlamaCppsText(string name, string expected) =>
        Assert.Equal(expected, ChatTemplate.Named(name).Render(s_conversation[..1], addGenerationPrompt: false));

    [Theory]
    [MemberData(nameof(Names))]
    public void Render_OfEachNamedFormat_ShowsAllMessagesInOrder(string name)
    {
        string text = ChatTemplate.Named(name).Render(s_conversation, addGenerationPrompt: true);
        int at = 0;
        foreach (ChatMessage message in s_conversation)
        {
            at = text.IndexOf(message.Content.Trim(), at, StringComparison.Ordinal);
            Assert.True(at >= 0, message.Content);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EndOfTurn_WhereAFormatHasOne_FollowsAnAnswerInIt(string name)
    {
        ChatTemplate template = ChatTemplate.Named(name);
        if (template.EndOfTurn is not { } end || end == "<|user|>") return;
        string text = template.Render([new("user", "x"), new("assistant", "the answer")], addGenerationPrompt: false);
        string after = text[(text.IndexOf("the answer", StringComparison.Ordinal) + "the answer".Length)..];
        Assert.StartsWith(end, name == "deepseek" ? after.TrimStart('\n') : after, StringComparison.Ordinal);
    }

    // Marks as the models' own templates have them.
    [Theory]
    [InlineData("{{ '<|im_start|>' + x }}", "chatml")]
    [InlineData("<|im_start|>user<|im_sep|>", "phi4")]
    [InlineData("<|im_start|>User:<end_of_utterance>", "smolvlm")]
    [InlineData("{{ '[INST] ' + x }}", "llama2")]
    [InlineData("{{ '[INST] <<SYS>>' }}", "llama2-sys")]
    [InlineData("{{ bos_token + '[INST] <<SYS>>' }}", "llama2-sys-bos")]
    [InlineData("{{ '[INST] ' + content.strip() }}", "llama2-sys-strip")]
    [InlineData("{{ ' [INST] ' + system_message }}", "mistral-v1")]
    [InlineData("[AVAILABLE_TOOLS] {{ '[INST] ' }}", "mistral-v3")]
    [InlineData("[AVAILABLE_TOOLS] {{ \"[INST]\" }}", "mistral-v3-tekken")]
    [InlineData("[SYSTEM_PROMPT] [INST]", "mistral-v7")]
    [InlineData("<|assistant|> <|end|>", "phi3")]
    [InlineData("<|assistant|> <|user|>", "glmedge")]
    [InlineData("<|assistant|> <|user|> </s>", "falcon3")]
    [InlineData("[gMASK]<sop> <|assistant|> <|user|>", "chatglm4")]
    [InlineData("[gMASK]sop", "chatglm3")]
    [InlineData("<|user|> <|endoftext|>", "zephyr")]
    [InlineData("{{ bos_token + message['role'] }}", "monarch")]
    [InlineData("<start_of_turn>", "gemma")]
    [InlineData("{{ '\\n\\nAssistant: ' + eos_token }}", "orion")]
    [InlineData("GPT4 Correct User", "openchat")]
    [InlineData("USER: ASSISTANT: ", "vicuna")]
    [InlineData("SYSTEM: USER: ASSISTANT: ", "vicuna-orca")]
    [InlineData("### Instruction: <|EOT|>", "deepseek")]
    [InlineData("### Instruction: ### Response:", "alpaca")]
    [InlineData("<|START_OF_TURN_TOKEN|><|USER_TOKEN|>", "command-r")]
    [InlineData("<|start_header_id|><|end_header_id|>", "llama3")]
    [InlineData("<|header_start|><|header_end|>", "llama4")]
    [InlineData("<用户>", "minicpm")]
    [InlineData("{{ 'Assistant: ' + message['content'] + eos_token }}", "deepseek2")]
    [InlineData("<｜Assistant｜><｜User｜><｜end▁of▁sentence｜>", "deepseek3")]
    [InlineData("[|system|][|assistant|][|endofturn|]", "exaone3")]
    [InlineData("[|system|][|assistant|][|endofturn|][|tool|]", "exaone4")]
    [InlineData("rwkv-world", "rwkv-world")]
    [InlineData("<|start_of_role|>", "granite")]
    [InlineData("message['role'] + additional_special_tokens[0] + message['content'] + additional_special_tokens[1]", "gigachat")]
    [InlineData("<|role_start|>", "megrez")]
    [InlineData("something else", null)]
    public void Recognize_OfCharacteristicMarks_FindsTheFormat(string template, string? expected) =>
        Assert.Equal(expected, ChatFormats.Recognize(template)?.Name);
}
