using System.Text.Json;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>Why a command failed.</summary>
/// <param name="Code">The reason for programs, in snake case.</param>
/// <param name="Message">The reason for people, one line.</param>
internal sealed record ErrorReport(string Code, string Message)
{
    /// <summary>What an exception means to whoever typed the command. Stack traces mean nothing to them.</summary>
    public static ErrorReport From(Exception exception) => exception switch
    {
        ToolException e => new(e.Code, OneLine(e.Message)),
        GgufFormatException e => new(SnakeCase(e.Error), OneLine(e.Message)),
        InferenceException e => new(SnakeCase(e.Error), OneLine(e.Message)),
        ModelRefusedException { InnerException: GgufFormatException e } => From(e),
        ModelRefusedException e => new(SnakeCase(e.Reason), OneLine(e.Message)),
        LayerRefusedException e => new(SnakeCase(e.Reason), OneLine(e.Message)),
        GenerationRefusedException e => new(SnakeCase(e.Reason), OneLine(e.Message)),
        GenerationFailedException e => new(SnakeCase(e.Reason), OneLine(e.Message)),
        GuestRefusedException e => new(SnakeCase(e.Reason), OneLine(e.Message)),
        GuestModuleException e => new(SnakeCase(e.Code), OneLine(e.Message)),
        ChecksumException e => new("checksum_mismatch", OneLine(e.Message)),
        StorageException e => new(SnakeCase(e.Error), OneLine(e.Message)),
        FileNotFoundException or DirectoryNotFoundException => new("not_found", OneLine(exception.Message)),
        UnauthorizedAccessException => new("no_access", OneLine(exception.Message)),
        IOException => new("io", OneLine(exception.Message)),
        _ => new("internal", $"{exception.GetType().Name}: {OneLine(exception.Message)}"),
    };

    private static string SnakeCase<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
