using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>Opens models for commands that work on files.</summary>
internal static class ModelFile
{
    /// <summary>Opens a model by its metadata, for commands that need its tensors' data too.</summary>
    /// <exception cref="ToolException">The file holds a header alone.</exception>
    public static async Task<GgufModel> OpenWithDataAsync(string path, CancellationToken cancellationToken)
    {
        GgufModel model = await GgufModel.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        if (model.HasTensorData) return model;
        model.Dispose();
        throw new ToolException("no_tensor_data", $"{path} holds a header and no tensor data");
    }

    /// <summary>Refuses files whose numbers lie most significant byte first, for commands that compute with them.</summary>
    /// <exception cref="ToolException">A file is big-endian.</exception>
    public static void RequireLittleEndian(GgufModel model)
    {
        if (model.Files.FirstOrDefault(f => f.IsBigEndian) is { } file)
            throw new ToolException("big_endian", $"{file.Name} is big-endian: its blocks cannot be decoded here");
    }
}
